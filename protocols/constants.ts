/** Limits that all protocols share; each protocol's own are in its folder. */

/**
 * Unsent bytes of a stream above which `send()` waits. What waits goes out as
 * one Yamux frame, before any other stream's: smaller is kinder to them. From
 * 64 KiB to 4 MiB the throughput over loopback is the same within its noise.
 */
export const DEFAULT_MAX_WRITE_BUFFER_BYTES = 262_144

/**
 * Received and unread bytes of a stream above which it is paused; it is resumed
 * below half of them. Four Yamux windows as they begin, so that a reader that
 * keeps up on average is not paused, which costs a round trip.
 */
export const DEFAULT_MAX_READ_QUEUE_BYTES = 1_048_576

/**
 * What a stream's `maxReadBufferLength` is raised to. A remote may go on until
 * its Yamux window is used up after the stream is paused, and a stock node's
 * window grows to 16 MiB; libp2p resets the stream at its own default of 4 MiB.
 */
export const DEFAULT_MAX_READ_BUFFER_BYTES = 16 * 1_048_576

/** Milliseconds the remote may take no byte of what was written to it. */
export const DEFAULT_WRITE_TIMEOUT_MS = 30_000

/** Milliseconds from a frame's first byte to its last. */
export const DEFAULT_FRAME_TIMEOUT_MS = 30_000

/** Milliseconds a close may wait for what was written before it. */
export const DEFAULT_CLOSE_TIMEOUT_MS = 5_000
