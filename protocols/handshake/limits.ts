/** The protocol id; one stream per attempt, and the stream that made the link stays open as long as the link. */
export const HANDSHAKE_PROTOCOL = '/nebula/handshake/1.0.0'

/** Bytes of one frame. A Hello with 16 addresses and 16 roles of full length stays below it. */
export const MAX_HANDSHAKE_FRAME_BYTES = 8_192

/** Milliseconds for each step: opening the stream, the Hello, the Welcome, the answer to a change, the end after a goodbye. */
export const HANDSHAKE_STEP_TIMEOUT_MS = 5_000

/** Inbound attempts, over all peers, that have not been answered. Each holds a stream and a timer. */
export const MAX_PENDING_INBOUND = 64

/** Handshake streams one connection may hold: the link, one attempt that replaces it, and those that wait to be refused. */
export const MAX_HANDSHAKE_STREAMS = 8

/** Changes a peer may ask for in a minute; more are refused, and held against it. */
export const MAX_CHANGES_PER_MINUTE = 60

/** Attempts a peer may make in a minute; more is a violation. A peer that loses its link retries far less often. */
export const MAX_HANDSHAKES_PER_MINUTE = 60

export const MAX_ROLES = 16
export const MAX_ROLE_LENGTH = 32
export const MAX_LISTEN_ADDRS = 16
export const MAX_LISTEN_ADDR_BYTES = 256
export const MAX_AGENT_LENGTH = 128

/** A DNS label has 63 bytes, of which the mDNS tag's prefix `_nebula-` takes eight. */
export const MAX_FEDERATION_LENGTH = 55
export const FEDERATION_PATTERN = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,53}[A-Za-z0-9])?$/
