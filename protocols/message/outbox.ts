import { TimeoutError } from '@libp2p/interface'
import { QueueFullError } from '@libp2p/utils'
import { raceSignal } from 'race-signal'
import { UNLIMITED } from '../budget.ts'
import { systemClock } from '../clock.ts'
import { FrameStream } from '../stream-io.ts'
import { MessageDroppedError, MessageTooLargeError, OutboxClosedError } from './errors.ts'
import {
  MAX_COALESCED_BYTES,
  MAX_MESSAGE_BYTES,
  MAX_QUEUED_BYTES,
  MAX_QUEUED_MESSAGES,
  MESSAGE_WRITE_TIMEOUT_MS
} from './limits.ts'
import { MessageQueue } from './message-queue.ts'
import type { Entry } from './message-queue.ts'
import type { MessagePriority } from './types.ts'
import type { Budget } from '../budget.ts'
import type { Clock } from '../clock.ts'
import type { AbortOptions, Stream } from '@libp2p/interface'

export interface OutboxInit {
  /** Opens the stream; called once, with the first message. The signal is aborted when it takes too long. */
  open(options: { signal: AbortSignal }): Promise<Stream>
  /** The stream failed, and every message that waited with it. Not called for `abort()`, nor after `close()`. */
  onFailure(error: Error): void
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
  /** Told of what waits or is being written. */
  budget?: Budget
}

export interface OutboxSendOptions extends AbortOptions {
  /** @default 'medium' */
  priority?: MessagePriority
  /** Whether the caller waits when the queue is full, or gets a `QueueFullError`. @default true */
  wait?: boolean
}

/**
 * The messages that wait for one peer, in three priorities, and the stream
 * they leave by. The bounds say when the queue is full: a message for which
 * nobody wants to wait is refused then. A message whose sender waits is always
 * taken, as its sender holds it anyhow, and keeps its place by priority.
 */
export class Outbox {
  readonly #init: OutboxInit
  readonly #clock: Clock
  readonly #maxMessageBytes: number
  readonly #maxCoalescedBytes: number
  readonly #writeTimeout: number
  readonly #queue: MessageQueue
  readonly #budget: Budget
  readonly #aborted = new AbortController()
  #writing: Entry[] = []
  #frames?: FrameStream
  #draining?: Promise<void>
  #closed = false

  constructor(init: OutboxInit) {
    this.#init = init
    this.#clock = init.clock ?? systemClock
    this.#maxMessageBytes = init.maxMessageBytes ?? MAX_MESSAGE_BYTES
    this.#maxCoalescedBytes = init.maxCoalescedBytes ?? MAX_COALESCED_BYTES
    this.#writeTimeout = init.writeTimeout ?? MESSAGE_WRITE_TIMEOUT_MS
    this.#budget = init.budget ?? UNLIMITED
    this.#queue = new MessageQueue({
      maxMessages: init.maxQueuedMessages ?? MAX_QUEUED_MESSAGES,
      maxBytes: init.maxQueuedBytes ?? MAX_QUEUED_BYTES
    })
  }

  /** Bytes of the messages that wait, without those being written. */
  get queuedBytes(): number {
    return this.#queue.byteLength
  }

  /** Messages that wait, without those being written. */
  get queuedMessages(): number {
    return this.#queue.length
  }

  /**
   * Sends one message after all that wait with the same or a higher priority;
   * resolves when it was handed to the transport. A message whose signal is
   * aborted while it waits is not sent; one being written is.
   *
   * @throws {MessageTooLargeError} when it is above the limit
   * @throws {QueueFullError} when the queue is full and `wait` is false
   * @throws {OutboxClosedError} when the outbox is closed or fails first
   * @throws {MessageDroppedError} when it was dropped for want of memory
   * @throws what the stream failed with, while the message was being written; the reason of the signal
   */
  async send(bytes: Uint8Array, options: OutboxSendOptions = {}): Promise<void> {
    const { priority = 'medium', wait = true, signal } = options

    signal?.throwIfAborted()

    if (this.#closed) {
      throw this.#closedError()
    }

    if (bytes.byteLength > this.#maxMessageBytes) {
      throw new MessageTooLargeError(bytes.byteLength, this.#maxMessageBytes)
    }

    if (!wait && !this.#queue.hasRoom(bytes.byteLength)) {
      throw new QueueFullError(`${this.#queue.length} messages wait for the peer already`)
    }

    const entry: Entry = { bytes, priority, released: false, done: Promise.withResolvers() }

    this.#queue.add(entry)
    // which may drop it, or another
    this.#budget.add(bytes.byteLength)
    this.#draining ??= this.#drain()

    try {
      await raceSignal(entry.done.promise, signal)
    } finally {
      this.#queue.remove(entry)
      this.#release(entry)
    }
  }

  /**
   * Drops messages of the priority that wait, those that came last before the
   * others, until `bytes` bytes are free; returns how many were.
   */
  shed(priority: MessagePriority, bytes: number): number {
    let freed = 0

    for (const entry of [...this.#queue.of(priority)].toReversed()) {
      if (freed >= bytes) {
        break
      }

      this.#queue.remove(entry)
      this.#release(entry)
      entry.done.reject(new MessageDroppedError())
      freed += entry.bytes.byteLength
    }

    return freed
  }

  /**
   * Takes no more messages, sends those that wait and ends the stream. Each
   * write is bounded by its timeout; `signal` bounds the whole.
   *
   * @throws when what was written could not all be sent: the reason
   */
  async close(options?: AbortOptions): Promise<void> {
    this.#closed = true

    try {
      await raceSignal(Promise.resolve(this.#draining), options?.signal)
      await this.#frames?.close(options)
    } catch (err) {
      this.abort(toError(err))
      throw err
    }
  }

  /** Ends the stream at once; everything that waits or is being written is rejected. */
  abort(error: Error): void {
    this.#closed = true
    this.#aborted.abort(error)
    this.#reject([...this.#writing, ...this.#queue])
    this.#frames?.abort(error)
  }

  async #drain(): Promise<void> {
    try {
      this.#frames ??= await this.#open()

      while ((this.#writing = this.#queue.take(this.#maxCoalescedBytes)).length > 0) {
        await this.#frames.sendAll(this.#writing.map((entry) => entry.bytes))
        this.#writing.forEach((entry) => entry.done.resolve())
      }
    } catch (err) {
      this.#fail(toError(err))
    } finally {
      this.#draining = undefined
    }
  }

  async #open(): Promise<FrameStream> {
    const { signal } = this.#aborted
    const timer = this.#clock.setTimeout(
      () => this.#aborted.abort(new TimeoutError(`Stream did not open in ${this.#writeTimeout} ms`)),
      this.#writeTimeout
    )

    try {
      const frames = new FrameStream(await this.#init.open({ signal }), {
        maxFrameBytes: this.#maxMessageBytes,
        // the other end has nothing to say on this stream: what it sends all the same stops at its first frame
        maxReadQueueBytes: 0,
        writeTimeoutMs: this.#writeTimeout,
        clock: this.#clock
      })

      if (signal.aborted) {
        frames.abort(toError(signal.reason))
      }

      return frames
    } finally {
      timer.clear()
    }
  }

  #fail(error: Error): void {
    const unexpected = !this.#closed

    for (const entry of this.#writing.splice(0)) {
      entry.done.reject(error)
    }

    this.abort(error)

    if (unexpected) {
      this.#init.onFailure(error)
    }
  }

  /** What an entry holds is given back once, when the first learns that it is over. */
  #release(entry: Entry): void {
    if (!entry.released) {
      entry.released = true
      this.#budget.add(-entry.bytes.byteLength)
    }
  }

  #reject(entries: Entry[]): void {
    for (const entry of entries) {
      this.#queue.remove(entry)
      entry.done.reject(this.#closedError())
    }
  }

  #closedError(): OutboxClosedError {
    return new OutboxClosedError(undefined, { cause: this.#aborted.signal.reason })
  }
}

function toError(err: unknown): Error {
  return err instanceof Error ? err : new Error(String(err))
}
