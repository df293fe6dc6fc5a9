/** Types of messages that a proxy passes on, as the reference's do. */
export const FORWARDED_TYPES = ['discovery', 'federation', 'model'] as const

/**
 * Types of messages that are never passed on: they are about the link that they
 * come over. An `alive` that every proxy passed on would flood the federation.
 */
export const LINK_TYPES = ['control', 'connection'] as const

/** Nodes that may pass a message on, one after the other. */
export const MAX_HOPS = 16

/** Messages that wait to be forwarded. */
export const MAX_FORWARD_QUEUE = 1_024

/** Bytes of messages that wait to be forwarded. */
export const MAX_FORWARD_QUEUE_BYTES = 8 * 1_048_576

/** Milliseconds between two batches; 0 forwards at once (seed: `forwarder_interval`). */
export const FORWARD_INTERVAL_MS = 0

/** Messages of one batch (seed: `number_forwarded_messages`). */
export const FORWARD_BATCH_SIZE = 100

/**
 * Messages of all origins that are forwarded in a second; more are dropped.
 * Half of what neighbours verify for one peer (`limits.maxForeignMessagesPerSecond`).
 */
export const MAX_FORWARDS = 1_000

/** Messages of one origin that are forwarded in a second; more are dropped. */
export const MAX_FORWARDS_PER_ORIGIN = 200

/**
 * Origins of which messages are forwarded in a minute; those of more are
 * dropped. Each link may be one. Half of what neighbours take from one peer
 * (`limits.maxNewOriginsPerMinute`), as two minutes may meet in one of theirs.
 */
export const MAX_FORWARDED_ORIGINS = 1_000
