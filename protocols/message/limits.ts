/** The protocol id; one long-lived stream per link and direction. */
export const MESSAGE_PROTOCOL = '/nebula/message/1.0.0'

/** Bytes of one envelope. Models do not travel here. */
export const MAX_MESSAGE_BYTES = 1_048_576

/**
 * Bytes that `hops` may add to an envelope on its way: its key, and a number
 * of up to 255. A source leaves them free, so that what one node takes all can
 * be passed.
 */
export const MAX_HOPS_BYTES = 3

/** Envelopes that may wait for one peer before one for which nobody waits is refused. */
export const MAX_QUEUED_MESSAGES = 1_024

/** Bytes that may wait for one peer before an envelope for which nobody waits is refused. */
export const MAX_QUEUED_BYTES = 4 * 1_048_576

/**
 * Waiting envelopes are joined into one write up to this many bytes, their
 * lengths included. One Noise frame carries 65,519, of which Yamux takes 12.
 */
export const MAX_COALESCED_BYTES = 65_507

/** Milliseconds a write may wait on a peer that does not read. */
export const MESSAGE_WRITE_TIMEOUT_MS = 30_000

/** Milliseconds a begun envelope may take to arrive whole. */
export const MESSAGE_FRAME_TIMEOUT_MS = 30_000

/**
 * Messages that may be sent and not yet acknowledged before no more are sent:
 * 20,000 a second at a round trip of 200 ms.
 */
export const MAX_UNACKNOWLEDGED_MESSAGES = 4_096

/** Milliseconds that a peer may acknowledge nothing while messages are sent and not yet acknowledged. */
export const MESSAGE_ACK_TIMEOUT_MS = 60_000

/**
 * Milliseconds for which a link outlives the end of the stream its messages
 * leave by: the peer's goodbye, which says why, comes over another stream.
 */
export const GOODBYE_GRACE_MS = 300

/** Milliseconds that a peer that has said goodbye has to acknowledge what it took before. */
export const LAST_ACK_TIMEOUT_MS = 5_000

/** Envelopes after which a receiver acknowledges them at the latest, when there are always more. */
export const MAX_ENVELOPES_PER_ACK = 256

/** Milliseconds for which an envelope that was taken may hold up the acknowledgement of those before it. */
export const MAX_ACK_DELAY_MS = 1_000

/** Bytes of acknowledgements that the peer has not taken above which nothing more is read from it. */
export const MAX_ACK_BUFFER_BYTES = 1_024

/** Bytes of an acknowledgement: room for fields that are not known yet. */
export const MAX_ACK_BYTES = 64

/** Streams of one connection in each direction. One is in use; others may still be closing. */
export const MAX_MESSAGE_STREAMS = 4
