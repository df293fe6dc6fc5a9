/**
 * Bytes that the buffers of all peers hold together: messages that wait to be
 * sent, and what was received and waits to be read. One link may hold some
 * megabytes, which a thousand links must not do at once.
 */
export const MAX_BUFFERED_BYTES = 256 * 1_048_576

/** The part of the budget down to which messages are dropped once it is exceeded, so that not every message drops one. */
export const SHED_TO = 15 / 16

/**
 * Messages of one peer that are read in a second. What comes faster waits at its
 * sender. Above what one core handles, so that no honest burst is slowed.
 */
export const MAX_MESSAGES_PER_SECOND = 1_000_000

/** Bytes of messages of one peer that are read in a second. What comes faster waits at its sender. */
export const MAX_MESSAGE_BYTES_PER_SECOND = 1_073_741_824

/**
 * Messages of others that one peer hands on and that are verified in a second.
 * What comes faster waits at the peer. A signature takes a tenth of a
 * millisecond of a core.
 */
export const MAX_FOREIGN_MESSAGES_PER_SECOND = 2_000

/** Origins never heard of before whose messages one peer may hand on in a minute: two for each link that a node may have. */
export const MAX_NEW_ORIGINS_PER_MINUTE = 2_000

/**
 * Milliseconds for which a peer may send faster than it is read, without a
 * break; every further message costs it score. A burst of any size that honest
 * nodes send is over by then.
 */
export const MAX_HELD_BACK_MS = 5_000

/**
 * Streams of the overlay's protocols that one peer may open in a minute: twice the
 * requests that it may make of a proxy, each of which has one.
 */
export const MAX_STREAMS_PER_MINUTE = 6_000

/** Connections that one peer may open in a minute. One carries everything; a peer that heals opens a few. */
export const MAX_CONNECTIONS_PER_MINUTE = 60
