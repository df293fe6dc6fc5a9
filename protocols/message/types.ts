import type { Budget } from '../budget.ts'
import type { Clock } from '../../src/lib/clock.ts'
import type { AbortOptions, Stream } from '@libp2p/interface'

/** How urgent a message is: a higher one overtakes all lower ones that still wait. */
export type MessagePriority = 'low' | 'medium' | 'high'

export interface Envelope {
  /** NEBULA's `Wrapper`, byte for byte as its origin wrote it. */
  wrapper: Uint8Array<ArrayBuffer>
  /** Grows with each message of the origin, over restarts too. */
  seqno: bigint
  /** The origin's signature; may be empty when the message comes straight from its origin. */
  signature: Uint8Array<ArrayBuffer>
  /** How many nodes have passed the message on. */
  hops: number
}

export interface Ack {
  /** How many more envelopes have been taken, in the order of the stream. */
  count: number
  /**
   * Some of these were written by their sender itself and are taken for
   * replays: they have numbers too far below this one, the sender's greatest.
   */
  beyond?: bigint
}

export interface OutboxInit {
  /** Opens the stream; called once, with the first message. The signal is aborted when it takes too long. */
  open(options: { signal: AbortSignal }): Promise<Stream>
  /** The stream failed, and every message that waited with it. Not called for `abort()`, nor after `close()`. */
  onFailure(error: Error): void
  /** The peer has acknowledged messages. */
  onAck?(ack: Ack): void
  clock?: Clock
  /** @default 1 MiB */
  maxMessageBytes?: number
  /** @default 1_024 */
  maxQueuedMessages?: number
  /** @default 4 MiB */
  maxQueuedBytes?: number
  /** Bytes of one write, the lengths of the frames included. @default 65_507 */
  maxCoalescedBytes?: number
  /** Milliseconds. @default 30_000 */
  writeTimeout?: number
  /** Messages that may be sent and not yet acknowledged before no more are sent. @default 4_096 */
  maxUnacknowledgedMessages?: number
  /** Milliseconds that the peer may acknowledge nothing while there is something to. @default 60_000 */
  ackTimeout?: number
  /** Told of what waits or is being written. */
  budget?: Budget
}

export interface OutboxSendOptions extends AbortOptions {
  /** @default 'medium' */
  priority?: MessagePriority
  /** Whether the caller waits when the queue is full, or gets a `QueueFullError`. @default true */
  wait?: boolean
}
