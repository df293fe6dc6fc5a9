/** The multicast groups and the port of mDNS (RFC 6762, section 3). */
export const MDNS_IP4 = '224.0.0.251'
export const MDNS_IP6 = 'ff02::fb'
export const MDNS_PORT = 5_353

/** Interfaces left out unless the configuration says otherwise: ends of containers, which are on a bridge as well. */
export const EXCLUDED_INTERFACES = ['veth*']

/** Interfaces used at once, each in two families: a host of many containers has hundreds. */
export const MAX_INTERFACES = 64

/** Milliseconds between two looks at the interfaces and addresses: they change without a word. */
export const REFRESH_INTERVAL_MS = 2_000

/** Milliseconds for which a node may have no address, or no interface, before that is told: at a start it has none yet. */
export const FAULT_GRACE_MS = 3_000

/** Milliseconds an answer and the first question wait, so that nodes do not speak at once (RFC 6762, 5.2 and 6). */
export const SHORTEST_SPEAKING_DELAY_MS = 20
export const LONGEST_SPEAKING_DELAY_MS = 120

/** Milliseconds between two answers on one interface, however many ask (RFC 6762, 6), and between two announcements (8.3). */
export const ANSWER_INTERVAL_MS = 1_000

/** Answers in a second to one that asks from a port of its own, and hears no multicast. */
export const LEGACY_ANSWERS_PER_SECOND = 10

/** Seconds for which others keep the records (RFC 6762, 10), and for which one that is no responder does (6.7). */
export const RECORD_TTL_S = 120
export const LEGACY_TTL_S = 10

/** Bytes of a string in a TXT record (RFC 1035, 3.3.14), and of an answer: one Ethernet frame. */
export const MAX_TEXT_BYTES = 255
export const MAX_ANSWER_BYTES = 1_400

/** Bytes of a packet that is read (RFC 6762, 17), its records, and of these the instances and the texts of each. */
export const MAX_PACKET_BYTES = 9_000
export const MAX_RECORDS = 256
export const MAX_INSTANCES = 16
export const MAX_TEXTS = 32

/** Packets about the federation that are read of one sender: so many at once, and then in a second. A machine may run a hundred nodes. */
export const PACKETS_AT_ONCE = 1_000
export const PACKETS_PER_SECOND = 200

/** The same of all senders together, for addresses are free to make up. */
export const ALL_PACKETS_AT_ONCE = 5_000
export const ALL_PACKETS_PER_SECOND = 1_000

/** Senders whose packets are counted; the one unheard the longest makes room. */
export const MAX_SENDERS = 512

/** The mDNS service tag is this, the federation's name, and `._udp.local`. */
export const SERVICE_TAG_PREFIX = '_nebula-'

/** Milliseconds between two questions to the LAN. */
export const BEACON_INTERVAL_MS = 10_000

/** Milliseconds the interval grows to while nothing changes. */
export const MAX_BEACON_INTERVAL_MS = 30_000

/** What the interval may be set to: each question makes every node of the federation answer everyone. */
export const SHORTEST_BEACON_INTERVAL_MS = 100
export const LONGEST_BEACON_INTERVAL_MS = 3_600_000

/** Milliseconds after the first question to the second, for datagrams get lost; the next ones double it (RFC 6762, 5.2). */
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

/** Interfaces on which one peer is heard with addresses of their own; the one unheard the longest makes room. */
export const MAX_SOURCES_PER_PEER = 8

/** Multiaddrs kept of one announced peer. */
export const MAX_ADDRS_PER_PEER = 16

/** Milliseconds `findFederation` waits for answers when it has to ask. */
export const FIND_TIMEOUT_MS = 1_500

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

/** Found members that have a warning of their own because they cannot be joined, and of these those at one host. */
export const MAX_MEMBERS_TOLD = 8
export const MAX_MEMBERS_TOLD_PER_HOST = 2

/** Failures in a row after which a found peer that announces itself no longer is left alone: three rounds of five. */
export const MAX_JOIN_FAILURES = 15

/** Milliseconds for all neighbours to be linked, where the caller names none. */
export const NEIGHBOURS_TIMEOUT_MS = 60_000

/** Milliseconds between two messages that tell each neighbour where on earth this node is. */
export const LOCATION_INTERVAL_MS = 30_000
