/** Entries of the store that are kept in memory while the disk does not take them: more than peers that are known. */
export const MAX_UNSAVED_ENTRIES = 10_000

/**
 * Pings of one connection that may be under way, each way. libp2p's monitor
 * sends one at every interval, whether or not the last was answered, and the
 * overlay sends its own; by default a second one fails, and the monitor ends
 * the connection. So a peer whose answer takes longer than the interval, as
 * over a slow link that is busy with a model, would be lost.
 */
export const MAX_PING_STREAMS = 16
