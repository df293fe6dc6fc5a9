/** Entries of the store that are kept in memory while the disk does not take them, bans not counted: more than peers that are known. */
export const MAX_UNSAVED_ENTRIES = 10_000

/** Milliseconds between attempts to write again after a failed write: a disk that was full for a moment costs no more. */
export const REOPEN_INTERVAL_MS = 1_000

/**
 * Pings of one connection that may be under way, each way. libp2p's monitor
 * sends one at every interval, whether or not the last was answered, and the
 * overlay sends its own; by default a second one fails, and the monitor ends
 * the connection. So a peer whose answer takes longer than the interval, as
 * over a slow link that is busy with a model, would be lost.
 */
export const MAX_PING_STREAMS = 16

/** Milliseconds from accepting a connection to having secured it. */
export const INBOUND_UPGRADE_TIMEOUT_MS = 10_000

/**
 * Bytes of one WebSocket message. `ws` takes 100 MiB of anyone, in memory,
 * before the peer is known; libp2p's encryption writes at most 64 KiB at once.
 */
export const MAX_WEBSOCKET_MESSAGE_BYTES = 1_048_576

/** Milliseconds that a starting node waits for a relay that it listens on. */
export const RESERVATION_START_MS = 2_000

/** Milliseconds before a relay is asked again for a reservation, doubled with each failure. */
export const RESERVATION_RETRY_MS = 1_000

/** Milliseconds between two attempts at a relay that stays away. */
export const MAX_RESERVATION_RETRY_MS = 30_000
