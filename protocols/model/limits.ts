/** The protocol id; one stream per transfer. */
export const MODEL_PROTOCOL = '/nebula/model/1.0.0'

/** What the origin signs begins with this, so that the signature means nothing elsewhere. */
export const SIGNATURE_DOMAIN = 'nebula-model:'

export const HASH_BYTES = 32
export const CONTENT_ID_BYTES = 32

/** Bytes of a payload, compressed and not. */
export const MAX_MODEL_BYTES = 1_073_741_824

/** Chunks of a model. 1 GiB of the smallest chunks; its hashes fill half a frame. */
export const MAX_CHUNKS = 16_384

export const MIN_CHUNK_BYTES = 65_536
export const MAX_CHUNK_BYTES = 1_048_576
export const DEFAULT_CHUNK_BYTES = 262_144

/** Bytes that the application may add to a header. */
export const MAX_DETAILS_BYTES = 4_096

/** Characters of a PeerId with its key inline; Ed25519 has 52, secp256k1 53. */
export const MAX_ORIGIN_LENGTH = 64

/** The hashes, the details, and 3 KiB for all else. */
export const MAX_HEADER_BYTES = MAX_CHUNKS * HASH_BYTES + MAX_DETAILS_BYTES + 3_072

export const MAX_SIGNATURE_BYTES = 256

/** The largest frame is a chunk. */
export const MAX_MODEL_FRAME_BYTES = MAX_CHUNK_BYTES

/** Bytes of a frame that is neither an offer nor a chunk: 64 ranges of any numbers take 899. */
export const MAX_CONTROL_FRAME_BYTES = 1_024

export const MAX_RANGES = 64

/** Milliseconds for a stream to open, for its first frame, and for the answer. */
export const MODEL_ANSWER_TIMEOUT_MS = 10_000

/** Milliseconds without a chunk that was asked for, or without a byte taken. */
export const MODEL_STALL_TIMEOUT_MS = 30_000

/** Milliseconds that a source stays open without being asked for a chunk. */
export const MODEL_IDLE_TIMEOUT_MS = 600_000

/** Milliseconds until a sink asks for a first chunk, unless it gets the model from another. It accepts an offer by asking. */
export const MODEL_REQUEST_TIMEOUT_MS = 10_000

/** Milliseconds that the other end may take to close its side once a transfer is over. */
export const MODEL_CLOSE_TIMEOUT_MS = 5_000

/** Streams on one connection, each way: the models being sent and received, and sources in reserve. */
export const MAX_MODEL_STREAMS = 32

/**
 * Bytes asked of one source and not yet got, at most. How much of it is used
 * follows from the way to the source, so that no more lies in its buffers than
 * keeps it busy. Half of it is always asked for, which fills 1 Gbit/s up to
 * 16 ms away; a longer way needs more.
 */
export const MODEL_REQUEST_WINDOW_BYTES = 4 * 1_048_576

/**
 * Unsent bytes of a stream above which a source waits. What waits goes out as
 * one Yamux frame and delays all others on the connection, so it is little
 * beside a chunk.
 */
export const MODEL_WRITE_BUFFER_BYTES = 65_536

/** Chunks after which either end lets other work of the process go first. */
export const CHUNKS_PER_TURN = 4

/** Verified chunks of one source that wait to be written. */
export const MAX_UNWRITTEN_CHUNKS = 4

/** Bytes that a compressor gives out at once: fewer turns of the event loop than with its own 16 KiB. */
export const CODEC_BUFFER_BYTES = 262_144

/** On float32 parameters level 3 saves no more than level 1 and takes half as long again. */
export const ZSTD_LEVEL = 1
export const ZLIB_LEVEL = 1
export const BROTLI_QUALITY = 3

/** RFC 8878 asks decoders for 8 MiB; more would be memory that a sender decides on. */
export const ZSTD_MAX_WINDOW_LOG = 23
