/** The mDNS service tag is this, the federation's name, and `._udp.local`. */
export const SERVICE_TAG_PREFIX = '_nebula-'

/** Milliseconds between two questions to the LAN. */
export const BEACON_INTERVAL_MS = 10_000

/** Milliseconds the interval grows to while nothing changes. */
export const MAX_BEACON_INTERVAL_MS = 30_000

/** What the interval may be set to: each question makes every node of the federation answer everyone. */
export const SHORTEST_BEACON_INTERVAL_MS = 100
export const LONGEST_BEACON_INTERVAL_MS = 3_600_000

/** Milliseconds after the first question to the second, for datagrams get lost (RFC 6762, 5.2: at least one second). */
export const BEACON_REPEAT_MS = 1_000

/** The part of the interval that is random, so that nodes started together do not ask together. */
export const BEACON_JITTER = 0.1

/** Milliseconds after its last announcement for which a peer counts as present. */
export const PRESENCE_TTL_MS = 120_000

/** Peers remembered as present on the LAN; the one unseen the longest makes room. */
export const MAX_PRESENT_PEERS = 1_000

/** Multiaddrs of one announced peer with the same host: TCP and WebSocket are two. */
export const MAX_ADDRS_PER_HOST = 4

/** Peers not known that are believed in a second, after so many at once: each costs memory, and a dial. */
export const NEW_PEERS_PER_SECOND = 16
export const NEW_PEERS_AT_ONCE = 1_000

/** Multiaddrs kept of one announced peer. */
export const MAX_ADDRS_PER_PEER = 16

/** Milliseconds `findFederation` waits for answers when it has to ask. */
export const FIND_TIMEOUT_MS = 1_000

/** Links that are being made at the same time by automatic joining. */
export const MAX_PARALLEL_JOINS = 8

/**
 * Dials in a second of found peers that were never linked, after as many at
 * once as a large federation has that is started together. Announcements prove
 * nothing: without a bound they would aim the dials of a federation at anybody.
 */
export const NEW_DIALS_PER_SECOND = 8
export const NEW_DIALS_AT_ONCE = 64

/** Milliseconds before a peer that could not be linked is tried again; doubles up to the maximum. */
export const JOIN_RETRY_MS = 1_000
export const MAX_JOIN_RETRY_MS = 30_000

/** Failures in a row after which it is told that a found peer cannot be joined: less is a peer that is still starting. */
export const JOIN_FAILURES_TOLD = 3

/** Failures in a row after which a found peer that announces itself no longer is left alone: three rounds of five. */
export const MAX_JOIN_FAILURES = 15
