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

/** Attempts in a row whose connection the peer closes at once, after which it is not tried again. */
export const MAX_DENIED = 2

/** Milliseconds between two such attempts; grows with the attempt. */
export const ATTEMPT_DELAY_MS = 200

/** Peers whose addresses one `link` message may name. */
export const MAX_LINK_MESSAGE_ADDRS = 16

/** Milliseconds a stop waits for the answers to its goodbyes. */
export const GOODBYE_TIMEOUT_MS = 1_000

/**
 * Milliseconds by which the clocks of two nodes may differ before that is told.
 * The way of a handshake takes less than 5 s, and clocks that are set by NTP
 * differ by less than a second; from a minute on, logs of two nodes mislead.
 */
export const MAX_CLOCK_DIFFERENCE_MS = 60_000

/** Milliseconds without a message sent over a link after which `alive` is. Four fit into the silence that ends a link. */
export const ALIVE_INTERVAL_MS = 30_000

/** Milliseconds in which nothing was heard of a peer, no message and no answer to a ping, after which its link is closed. */
export const SILENCE_TIMEOUT_MS = 120_000

/** Milliseconds a peer has to answer a ping. */
export const PROBE_TIMEOUT_MS = 10_000

/** Redials of a lost link in one round (seed: `max_tries`). */
export const REDIAL_ATTEMPTS = 5

/** Rounds after which a lost peer is given up. */
export const REDIAL_ROUNDS = 3

/** Milliseconds before the first redial of a round; doubles with each. */
export const REDIAL_DELAY_MS = 1_000

/** Milliseconds that delay grows to, and that lie between two rounds. */
export const MAX_REDIAL_DELAY_MS = 30_000

/** Lost peers that are dialled at the same time. */
export const MAX_PARALLEL_REDIALS = 8

/** Lost peers that are kept in mind; a loss beyond is not redialled. */
export const MAX_REDIALS = 1_000

/** Peers without a link of which it is remembered that they are ready, or were told that this node is. */
export const MAX_ABSENT_READY_PEERS = 1_000
