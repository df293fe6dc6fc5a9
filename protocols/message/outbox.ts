import { TimeoutError } from '@libp2p/interface'
import { QueueFullError } from '@libp2p/utils'
import { raceSignal } from 'race-signal'
import { UNLIMITED } from '../budget.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { MessageDroppedError, MessageTooLargeError, OutboxClosedError, QueueStalledError } from './errors.ts'
import {
  MAX_COALESCED_BYTES,
  MAX_MESSAGE_BYTES,
  MAX_QUEUED_BYTES,
  MAX_QUEUED_MESSAGES,
  MESSAGE_ACK_TIMEOUT_MS,
  MESSAGE_WRITE_TIMEOUT_MS
} from './limits.ts'
import { MessageQueue } from './message-queue.ts'
import { OutboundStream } from './outbound-stream.ts'
import { deadline } from '../../src/lib/deadline.ts'
import { toError } from '../../src/lib/to-error.ts'
import { Watchdog } from '../../src/lib/watchdog.ts'
import type { Entry } from './message-queue.ts'
import type { MessagePriority, OutboxInit, OutboxSendOptions } from './types.ts'
import type { Budget } from '../budget.ts'
import type { Clock } from '../../src/lib/clock.ts'
import type { AbortOptions, Stream } from '@libp2p/interface'

/**
 * The messages that wait for one peer, in three priorities, and the stream
 * they leave by. The bounds say when the queue is full: a message for which
 * nobody wants to wait is refused then. A message whose sender waits is always
 * taken, as its sender holds it anyhow, and keeps its place by priority. A
 * queue that does not move for `ackTimeout` and `writeTimeout` together fails
 * the outbox, whatever the reason: a link is never mute.
 */
export class Outbox {
  readonly #init: OutboxInit
  readonly #clock: Clock
  readonly #maxMessageBytes: number
  readonly #maxCoalescedBytes: number
  readonly #writeTimeout: number
  readonly #queue: MessageQueue
  readonly #budget: Budget
  readonly #queueWatch: Watchdog
  readonly #aborted = new AbortController()
  #stream?: OutboundStream
  /** Settled, and no longer here, when all that waited has been written. */
  #draining?: PromiseWithResolvers<void>
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

    // a peer that takes nothing, or acknowledges nothing, is found out sooner
    const queueTimeout = this.#writeTimeout + (init.ackTimeout ?? MESSAGE_ACK_TIMEOUT_MS)

    this.#queueWatch = new Watchdog(this.#clock, queueTimeout, () =>
      this.#fail(new QueueStalledError(queueTimeout))
    )
  }

  /** Bytes of the messages that wait to be written. */
  get queuedBytes(): number {
    return this.#queue.byteLength
  }

  /** Messages that wait to be written. */
  get queuedMessages(): number {
    return this.#queue.length
  }

  /** Messages that were written and are not acknowledged yet. */
  get unacknowledgedMessages(): number {
    return this.#stream?.unacknowledged ?? 0
  }

  /**
   * Sends one message after all that wait with the same or a higher priority;
   * resolves when the peer has taken it. A message whose signal is aborted
   * while it waits is not sent; later the signal ends the wait only.
   *
   * @returns the number that the peer named, when it took this message, or one acknowledged with it, for a replay
   * @throws {MessageTooLargeError} when it is above the limit
   * @throws {QueueFullError} when the queue is full and `wait` is false
   * @throws {OutboxClosedError} when the outbox is closed or fails before the message is written
   * @throws {MessageDroppedError} when it was dropped for want of memory
   * @throws {UnacknowledgedError} when the outbox is closed or fails after that; the message may have arrived
   * @throws the reason of the signal
   */
  async send(bytes: Uint8Array, options: OutboxSendOptions = {}): Promise<bigint | undefined> {
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

    try {
      // which may drop it, or another
      this.#budget.add(bytes.byteLength)
      this.#drain()
      return await raceSignal(entry.done.promise, signal)
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
   * Takes no more messages, sends those that wait, ends the stream and waits
   * for what is to be acknowledged. Each of these is bounded by its timeout;
   * `signal` bounds the whole. With `discard` what waits is not sent: the peer
   * reads no more, but may have acknowledged what it took.
   *
   * @throws when what was written could not all be sent: the reason
   */
  async close(options?: AbortOptions & { discard?: boolean }): Promise<void> {
    this.#closed = true

    if (options?.discard === true) {
      this.#rejectQueue()
    }

    try {
      await raceSignal(Promise.resolve(this.#draining?.promise), options?.signal)
      await this.#stream?.close(options)
    } catch (err) {
      this.abort(toError(err))
      throw err
    }
  }

  /** Ends the stream at once; everything that waits or is not acknowledged is rejected. */
  abort(error: Error): void {
    this.#closed = true
    this.#aborted.abort(error)
    this.#queueWatch.stop()

    this.#rejectQueue()
    this.#stream?.abort(error)
  }

  #rejectQueue(): void {
    for (const entry of this.#queue) {
      this.#queue.remove(entry)
      entry.done.reject(this.#closedError())
    }
  }

  /** Sends what waits, unless that is under way already. */
  #drain(): void {
    if (this.#queue.length > 0) {
      // not when sending begins: it has to be seen, too, when it does not
      this.#queueWatch.start()

      if (this.#draining == null) {
        // stands before the work begins, which may end within the call
        this.#draining = Promise.withResolvers()
        void this.#sendQueued(this.#draining)
      }
    }
  }

  /** Never rejects. */
  async #sendQueued(over: PromiseWithResolvers<void>): Promise<void> {
    try {
      this.#stream ??= await this.#open()

      while (this.#queue.length > 0) {
        await endOfTick()
        const entries = this.#queue.take(this.#maxCoalescedBytes, await this.#stream.room())

        this.#queueWatch.restart()
        await this.#stream.write(entries)
        entries.forEach((entry) => this.#release(entry))
      }
    } catch (err) {
      this.#fail(toError(err))
    } finally {
      // in the same tick as the look at the queue, so that what is added next begins anew
      this.#queueWatch.stop()
      this.#draining = undefined
      over.resolve()
    }
  }

  async #open(): Promise<OutboundStream> {
    const limit = deadline(this.#clock, this.#writeTimeout, this.#aborted.signal)
    const { signal } = limit
    const opening = this.#init.open({ signal })

    try {
      const stream = await raceSignal(opening, signal)

      // it may have been opened and given up in the same moment
      signal.throwIfAborted()

      return new OutboundStream(stream, {
        ...this.#init,
        maxMessageBytes: this.#maxMessageBytes,
        writeTimeout: this.#writeTimeout,
        clock: this.#clock,
        onFailure: (error) => this.#fail(error)
      })
    } catch (err) {
      const error = limit.expired
        ? new TimeoutError(`Stream did not open in ${this.#writeTimeout} ms`)
        : toError(err)

      abandon(opening, error)
      throw error
    } finally {
      limit.clear()
    }
  }

  #fail(error: Error): void {
    const unexpected = !this.#closed

    this.abort(error)

    if (unexpected) {
      this.#init.onFailure(error)
    }
  }

  /** What an entry holds is given back once, when it is written or over. */
  #release(entry: Entry): void {
    if (!entry.released) {
      entry.released = true
      this.#budget.add(-entry.bytes.byteLength)
    }
  }

  #closedError(): OutboxClosedError {
    return new OutboxClosedError(undefined, { cause: this.#aborted.signal.reason })
  }
}

/** Resolves when all that runs now has run, so that what is sent together leaves together. */
async function endOfTick(): Promise<void> {
  await new Promise<void>((resolve) => process.nextTick(resolve))
}

/** Resets a stream for which it is too late, should it be opened after all. */
function abandon(opening: Promise<Stream>, reason: Error): void {
  opening.then(
    (stream) => stream.abort(reason),
    () => {
      // it was not opened
    }
  )
}
