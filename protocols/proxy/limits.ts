/** The protocol id; one stream for each delivery and hop. */
export const PROXY_PROTOCOL = '/nebula/proxy/1.0.0'

/** Bytes of a `Delivery` beside its envelope: the target and the timeout, each with its key and length. */
export const DELIVERY_OVERHEAD_BYTES = 256

/** Characters of the target's PeerId; Ed25519 has 52, others fewer than this. */
export const MAX_TARGET_LENGTH = 128

/** Bytes of an `Answer`. A signature of an RSA key of 4,096 bits has 512. */
export const MAX_ANSWER_BYTES = 1_024

/** Milliseconds for a delivery with all its hops, and the longest that a proxy works on one. */
export const PROXY_TIMEOUT_MS = 10_000

/** Milliseconds that a delivery gives an asked proxy at least; with less nothing can come of it. */
export const MIN_DELIVERY_TIMEOUT_MS = 1

/**
 * What of that time a peer may take no byte of a delivery. Less than what the
 * first proxy has left of it, which would give up before it knew whose fault it is.
 */
export const TIME_TO_TAKE = 0.8

/** Streams of one connection, each way. Each may hold a message of the largest size before there is room for it. */
export const MAX_PROXY_STREAMS = 16

/** Milliseconds for which the end of a stream is waited for once its answer is there. */
export const PROXY_CLOSE_TIMEOUT_MS = 5_000
