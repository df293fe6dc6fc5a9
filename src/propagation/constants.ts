/** Bytes of the models that are kept, those being received included. */
export const MAX_STORED_BYTES = 4 * 1_073_741_824

/** Models that are kept. Each holds an open file. */
export const MAX_STORED_MODELS = 64

/** Milliseconds that a model is kept for neighbours that come late. */
export const MODEL_TTL_MS = 600_000

/** Models sent at once, counted for each receiver. */
export const MAX_PARALLEL_SENDS = 5

/** Models that one peer is sent at once because it asked for them; it may not take every slot. */
export const MAX_SERVED_PER_PEER = 2

/** Milliseconds that a transfer may have nothing to send before another begins in its place. Some round trips. */
export const SLOT_TIMEOUT_MS = 1_000

/** Models received at once. */
export const MAX_PARALLEL_RECEIVES = 16

/** Sources of one model, asked or in reserve. */
export const MAX_SOURCES = 8

/** Sources that are asked for chunks of one model at once. */
export const MAX_PARALLEL_SOURCES = 3

/** Bytes from each of the four places of a payload that are compressed to see whether it shrinks. */
export const SAMPLE_BYTES = 65_536
export const SAMPLES = 4

/** A payload is compressed when its sample shrinks to this part or less: below it the bytes saved outweigh the work. */
export const WORTHWHILE_RATIO = 0.95

/** Bytes of one model, last read or come, that wait in memory for further receivers. Eight chunks of the default size. */
export const RECENT_CHUNKS_BYTES = 2 * 1_048_576

/**
 * Bytes asked of one source and not yet got, at first and at least. Over loopback with Yamux windows of 1 MiB a message
 * beside a model takes half as long as with 4 MiB, and the model no longer; with 512 KiB each chunk is a request.
 */
export const MIN_REQUEST_WINDOW_BYTES = 1_048_576

/** Requests over which the rate of a source is measured. */
export const REQUESTS_MEASURED = 8

/** A source has fallen behind when a chunk takes it so many times as long as others take for theirs. */
export const LAG_FACTOR = 4

/** Milliseconds that a chunk may take in any case: less would ask twice for what is held up for a moment. */
export const MIN_LAG_MS = 1_000

/** The part of parallel receives and stored bytes that models may take which one peer alone offers. */
export const MAX_PEER_SHARE = 0.5

/** Bytes per second below which a model from one peer alone makes room for others: the smallest chunk in a second. */
export const MIN_RECEIVE_RATE = 65_536

/** Stall timeouts over which the rate of a model is averaged. */
export const RATE_STALL_TIMEOUTS = 2

/**
 * Stall timeouts without a chunk from anyone after which a model is given up: one source may stall twice, and so may one
 * that was found instead. Nodes that lack the same chunks would else wait for one another for ever.
 */
export const MAX_STALL_TIMEOUTS = 4

/** Milliseconds between looks at a disk that had no room, for the end of the warning. */
export const DISK_CHECK_MS = 5_000
