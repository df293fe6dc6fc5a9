import { QueueFullError } from '@libp2p/utils'
import { raceSignal } from 'race-signal'
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
  /** Opens the stream; called once, with the first message. */
  open(): Promise<Stream>
  /** The outbox has failed, and every message that waited with it. */
  onFailure(error: Error): void
  clock?: Clock
  /** @default 1 MiB */
  maxMessageBytes?: number
  /** @default 1_024 */
  maxQueuedMessages?: number
  /** @default 4 MiB */
  maxQueuedBytes?: number
  /** @default 65_519 */
  maxCoalescedBytes?: number
  /** Milliseconds. @default 30_000 */
  writeTimeout?: number
}

export interface OutboxSendOptions extends AbortOptions {
  /** @default 'medium' */
  priority?: MessagePriority
  /** Whether to wait for room in a full queue, or to fail with `QueueFullError`. @default true */
  wait?: boolean
}

interface Entry {
  bytes: Uint8Array
  priority: MessagePriority
  done: PromiseWithResolvers<void>
  signal?: AbortSignal
}

/**
 * The messages that wait for one peer, in three priorities, and the stream
 * they leave by. The queue is bounded in messages and bytes: a caller that
 * sends more waits, in order, before its message is queued.
 */
export class Outbox {
  readonly #init: OutboxInit
  readonly #maxMessageBytes: number
  readonly #maxQueuedMessages: number
  readonly #maxQueuedBytes: number
  readonly #maxCoalescedBytes: number
  readonly #queues: Record<MessagePriority, Entry[]> = { high: [], medium: [], low: [] }
  /** Entries without room in the queue. */
  readonly #waiting: Entry[] = []
  #queuedMessages = 0
  #queuedBytes = 0
  #frames?: FrameStream
  #draining?: Promise<void>
  #ended?: Error

  constructor(init: OutboxInit) {
    this.#init = init
    this.#maxMessageBytes = init.maxMessageBytes ?? MAX_MESSAGE_BYTES
    this.#maxQueuedMessages = init.maxQueuedMessages ?? MAX_QUEUED_MESSAGES
    this.#maxQueuedBytes = init.maxQueuedBytes ?? MAX_QUEUED_BYTES
    this.#maxCoalescedBytes = init.maxCoalescedBytes ?? MAX_COALESCED_BYTES
  }

  get queuedBytes(): number {
    return this.#queuedBytes
  }

  get queuedMessages(): number {
    return this.#queuedMessages
  }

  /**
   * Queues one message; resolves when it was handed to the transport.
   *
   * @throws {MessageTooLargeError} when it is above the limit
   * @throws {QueueFullError} when there is no room and `wait` is false
   * @throws {OutboxClosedError} when the link is closed first
   */
  async send(bytes: Uint8Array, options: OutboxSendOptions = {}): Promise<void> {
    const { priority = 'medium', wait = true, signal } = options

    signal?.throwIfAborted()

    if (this.#ended != null) {
      throw this.#ended
    }

    if (bytes.byteLength > this.#maxMessageBytes) {
      throw new MessageTooLargeError(bytes.byteLength, this.#maxMessageBytes)
    }

    const entry: Entry = { bytes, priority, done: Promise.withResolvers(), signal }

    if (this.#waiting.length === 0 && this.#hasRoom(entry)) {
      this.#queue(entry)
    } else if (wait) {
      this.#waiting.push(entry)
    } else {
      throw new QueueFullError(`${this.#queuedMessages} messages wait for the peer already`)
    }

    this.#draining ??= this.#drain()
    await raceSignal(entry.done.promise, signal)
  }

  /** Sends what is queued and closes the stream, within the deadline of the framing or `signal`. */
  async close(options?: AbortOptions): Promise<void> {
    const ended = new OutboxClosedError()

    this.#ended ??= ended
    this.#reject(this.#waiting.splice(0), ended)
    await raceSignal(Promise.resolve(this.#draining), options?.signal).catch((err: Error) => this.abort(err))
    await this.#frames?.close(options)
  }

  /** Ends the stream at once; everything that waits is rejected. */
  abort(error: Error): void {
    this.#ended ??= new OutboxClosedError(undefined, { cause: error })
    this.#reject([
      ...PRIORITIES.flatMap((priority) => this.#queues[priority].splice(0)),
      ...this.#waiting.splice(0)
    ])
    this.#queuedMessages = 0
    this.#queuedBytes = 0
    this.#frames?.abort(error)
  }

  #hasRoom(entry: Entry): boolean {
    return (
      this.#queuedMessages < this.#maxQueuedMessages &&
      // one message of any allowed size always fits an empty queue
      (this.#queuedMessages === 0 || this.#queuedBytes + entry.bytes.byteLength <= this.#maxQueuedBytes)
    )
  }

  #queue(entry: Entry): void {
    this.#queues[entry.priority].push(entry)
    this.#queuedMessages++
    this.#queuedBytes += entry.bytes.byteLength
  }

  /** The next messages to write, the most urgent first, up to the size of one write. */
  #take(): Entry[] {
    const batch: Entry[] = []
    let bytes = 0

    for (const priority of PRIORITIES) {
      const queue = this.#queues[priority]

      while (
        queue[0] != null &&
        (batch.length === 0 || bytes + queue[0].bytes.byteLength <= this.#maxCoalescedBytes)
      ) {
        const entry = queue.shift() as Entry

        this.#queuedMessages--
        this.#queuedBytes -= entry.bytes.byteLength

        if (entry.signal?.aborted !== true) {
          bytes += entry.bytes.byteLength
          batch.push(entry)
        }
      }

      if (queue.length > 0) {
        break
      }
    }

    while (this.#waiting[0] != null && this.#hasRoom(this.#waiting[0])) {
      this.#queue(this.#waiting.shift() as Entry)
    }

    return batch
  }

  async #drain(): Promise<void> {
    let batch: Entry[] = []

    try {
      this.#frames ??= new FrameStream(await this.#init.open(), {
        maxFrameBytes: this.#maxMessageBytes,
        writeTimeoutMs: this.#init.writeTimeout ?? MESSAGE_WRITE_TIMEOUT_MS,
        clock: this.#init.clock
      })

      while (this.#queuedMessages > 0) {
        batch = this.#take()

        if (batch.length > 0) {
          await this.#frames.sendAll(batch.map((entry) => entry.bytes))
          batch.forEach((entry) => entry.done.resolve())
        }
      }
    } catch (err) {
      const error = err instanceof Error ? err : new Error(String(err))

      this.#reject(batch, error)
      this.abort(error)
      this.#init.onFailure(error)
    } finally {
      this.#draining = undefined
    }
  }

  #reject(entries: Entry[], error: Error = this.#ended ?? new OutboxClosedError()): void {
    for (const entry of entries) {
      // a sender that was aborted no longer listens
      entry.done.promise.catch(() => {})
      entry.done.reject(error)
    }
  }
}
