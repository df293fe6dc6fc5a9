/** Links at most (seed: `max_connections`). */
export const MAX_LINKS = 1_000

/** Milliseconds without a message after which an undirected link is closed. */
export const INACTIVITY_TIMEOUT_MS = 120_000

/** Milliseconds between two looks for inactive links and surplus connections. */
export const LINK_SWEEP_INTERVAL_MS = 5_000

/** Milliseconds a surplus connection to a linked peer is left open, so that a stream that is about to use it can. */
export const SURPLUS_CONNECTION_GRACE_MS = 5_000

/** Milliseconds to reach a peer: dial, security, muxer. */
export const DIAL_TIMEOUT_MS = 10_000

/** Attempts after an answer that settles nothing (PENDING, or EXISTS of a link that is ending). */
export const MAX_ATTEMPTS = 5

/** Milliseconds between two such attempts; grows with the attempt. */
export const ATTEMPT_DELAY_MS = 200

/** Peers whose addresses one `link` message may name. */
export const MAX_LINK_MESSAGE_ADDRS = 16

/** Milliseconds a stop waits for the answers to its goodbyes. */
export const GOODBYE_TIMEOUT_MS = 1_000
