import { TimeoutError } from '@libp2p/interface'
import { QueueFullError } from '@libp2p/utils'
import { raceSignal } from 'race-signal'
import { encodingLength } from 'uint8-varint'
import { systemClock } from '../clock.ts'
import { FrameStream } from '../stream-io.ts'
import { MessageTooLargeError, OutboxClosedError } from './errors.ts'
import {
  MAX_COALESCED_BYTES,
  MAX_MESSAGE_BYTES,
  MAX_QUEUED_BYTES,
  MAX_QUEUED_MESSAGES,
  MESSAGE_WRITE_TIMEOUT_MS
} from './limits.ts'
import type { MessagePriority } from './types.ts'
import type { Clock } from '../clock.ts'
import type { AbortOptions, Stream } from '@libp2p/interface'

const PRIORITIES: readonly MessagePriority[] = ['high', 'medium', 'low']

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
}

export interface OutboxSendOptions extends AbortOptions {
  /** @default 'medium' */
  priority?: MessagePriority
  /** Whether the caller waits when the queue is full, or gets a `QueueFullError`. @default true */
  wait?: boolean
}

interface Entry {
  bytes: Uint8Array
  priority: MessagePriority
  done: PromiseWithResolvers<void>
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
  readonly #maxQueuedMessages: number
  readonly #maxQueuedBytes: number
  readonly #maxCoalescedBytes: number
  readonly #writeTimeout: number
  /** Sets keep the order of insertion, and let go of any entry at the same cost. */
  readonly #queues: Record<MessagePriority, Set<Entry>> = {
    high: new Set(),
    medium: new Set(),
    low: new Set()
  }
  readonly #aborted = new AbortController()
  #queuedMessages = 0
  #queuedBytes = 0
  #writing: Entry[] = []
  #frames?: FrameStream
  #draining?: Promise<void>
  #closed = false

  constructor(init: OutboxInit) {
    this.#init = init
    this.#clock = init.clock ?? systemClock
    this.#maxMessageBytes = init.maxMessageBytes ?? MAX_MESSAGE_BYTES
    this.#maxQueuedMessages = init.maxQueuedMessages ?? MAX_QUEUED_MESSAGES
    this.#maxQueuedBytes = init.maxQueuedBytes ?? MAX_QUEUED_BYTES
    this.#maxCoalescedBytes = init.maxCoalescedBytes ?? MAX_COALESCED_BYTES
    this.#writeTimeout = init.writeTimeout ?? MESSAGE_WRITE_TIMEOUT_MS
  }

  /** Bytes of the messages that wait, without those being written. */
  get queuedBytes(): number {
    return this.#queuedBytes
  }

  /** Messages that wait, without those being written. */
  get queuedMessages(): number {
    return this.#queuedMessages
  }

  /**
   * Sends one message after all that wait with the same or a higher priority;
   * resolves when it was handed to the transport. A message whose signal is
   * aborted while it waits is not sent; one being written is.
   *
   * @throws {MessageTooLargeError} when it is above the limit
   * @throws {QueueFullError} when the queue is full and `wait` is false
   * @throws {OutboxClosedError} when the outbox is closed or fails first
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

    if (!wait && !this.#hasRoom(bytes.byteLength)) {
      throw new QueueFullError(`${this.#queuedMessages} messages wait for the peer already`)
    }

    const entry: Entry = { bytes, priority, done: Promise.withResolvers() }

    this.#queues[priority].add(entry)
    this.#queuedMessages++
    this.#queuedBytes += bytes.byteLength
    this.#draining ??= this.#drain()

    try {
      await raceSignal(entry.done.promise, signal)
    } finally {
      this.#remove(entry)
    }
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
    this.#reject([...this.#writing, ...PRIORITIES.flatMap((priority) => [...this.#queues[priority]])])
    this.#frames?.abort(error)
  }

  #hasRoom(byteLength: number): boolean {
    return (
      this.#queuedMessages < this.#maxQueuedMessages &&
      // one message of any allowed size always fits an empty queue
      (this.#queuedMessages === 0 || this.#queuedBytes + byteLength <= this.#maxQueuedBytes)
    )
  }

  /** Harmless when the entry does not wait any more. */
  #remove(entry: Entry): void {
    if (this.#queues[entry.priority].delete(entry)) {
      this.#queuedMessages--
      this.#queuedBytes -= entry.bytes.byteLength
    }
  }

  /** The next messages to write, the most urgent first, up to the size of one write. */
  #take(): Entry[] {
    const batch: Entry[] = []
    let bytes = 0

    for (const priority of PRIORITIES) {
      for (const entry of this.#queues[priority]) {
        bytes += encodingLength(entry.bytes.byteLength) + entry.bytes.byteLength

        if (batch.length > 0 && bytes > this.#maxCoalescedBytes) {
          return batch
        }

        this.#remove(entry)
        batch.push(entry)
      }
    }

    return batch
  }

  async #drain(): Promise<void> {
    try {
      this.#frames ??= await this.#open()

      while ((this.#writing = this.#take()).length > 0) {
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

  #reject(entries: Entry[]): void {
    for (const entry of entries) {
      this.#remove(entry)
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
