import { setImmediate as nextTurn } from 'node:timers/promises'
import { Watchdog } from '../../src/lib/watchdog.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { ModelProtocolError, ModelRefusedError, ModelStreamEndedError, SilentSinkError } from './errors.ts'
import {
  CHUNKS_PER_TURN,
  MODEL_IDLE_TIMEOUT_MS,
  MODEL_REQUEST_TIMEOUT_MS,
  MODEL_STALL_TIMEOUT_MS
} from './limits.ts'
import { answer } from './codec.ts'
import { ReadAhead } from './read-ahead.ts'
import { toError } from '../../src/lib/to-error.ts'
import type { Clock } from '../../src/lib/clock.ts'
import type { ChunkSource } from './chunk-source.ts'
import type { ModelStream } from './model-stream.ts'
import type { ModelFrame, Reason, Status, Want } from './types.ts'
import type { AbortOptions } from '@libp2p/interface'

/** `have`: the sink had it. `pending`: it gets it from another. `delivered`: it has it now, from whomever. */
export type SourceOutcome = 'have' | 'pending' | 'delivered'

/** `quiet`: what the sink asked for was sent, or is not there yet. `reserved`: it said that it asks for nothing for now. */
export type Activity = 'sending' | 'quiet' | 'reserved'

export interface SourceEndInit {
  clock?: Clock
  /** Milliseconds without a chunk to send. @default 600_000 */
  idleTimeout?: number
  /** Milliseconds that a sink may take to ask for a first chunk, when it is not in reserve. @default 10_000 */
  requestTimeout?: number
  /** Milliseconds that it may take to ask for more when all it asked for was sent. @default 30_000 */
  stallTimeout?: number
  /** Before each chunk, and when there is none to send. */
  onActivity?(activity: Activity): void
  /** The sink's answer to an offer. */
  onAnswer?(status: Status): void
  /** Bytes handed to the transport. */
  onProgress?(bytes: number): void
}

/** The end of a transfer that has chunks: it offers, or was asked, and sends what the sink asks for. */
export class SourceEnd {
  readonly #stream: ModelStream
  readonly #source: ChunkSource
  readonly #init: SourceEndInit
  readonly #chunks: ReadAhead
  readonly #idle: Watchdog
  readonly #beginning: Watchdog
  readonly #silence: Watchdog
  #outcome?: SourceOutcome
  #error?: Error
  #answered?: Status
  #reserved = false
  #toldComplete = false
  #wake = Promise.withResolvers<void>()

  constructor(stream: ModelStream, source: ChunkSource, init: SourceEndInit = {}) {
    this.#stream = stream
    this.#source = source
    this.#init = init
    this.#chunks = new ReadAhead(source, (err) => {
      this.#end(err)
      void stream.leave({ type: 'cancel', reason: 'FAILED' })
    })
    this.#idle = new Watchdog(init.clock ?? systemClock, init.idleTimeout ?? MODEL_IDLE_TIMEOUT_MS, () =>
      this.cancel('STALLED')
    )

    const { clock = systemClock, requestTimeout = MODEL_REQUEST_TIMEOUT_MS } = init
    const onSilence = (): void => {
      this.#end(new SilentSinkError())
      void stream.leave({ type: 'cancel', reason: 'STALLED' })
    }

    this.#beginning = new Watchdog(clock, requestTimeout, onSilence)
    this.#silence = new Watchdog(clock, init.stallTimeout ?? MODEL_STALL_TIMEOUT_MS, onSilence)
  }

  /** Whether the sink has asked for chunks. */
  get asked(): boolean {
    return this.#chunks.begun
  }

  get #over(): boolean {
    return this.#outcome != null || this.#error != null
  }

  /**
   * Offers the model and sends what the sink asks for.
   *
   * @returns when the sink needs no more
   * @throws {ModelRefusedError} when either end refused the model or gave up
   * @throws {ModelProtocolError} when the sink broke the protocol
   * @throws {ModelStreamEndedError | Error} when the sink left without having all
   */
  async offer(options?: AbortOptions): Promise<SourceOutcome> {
    return this.#run(async () => {
      await this.#sendOffer(options)
      this.#onAnswer(await this.#stream.readFirst(options))
    }, options)
  }

  /** Answers a sink that wants the model; otherwise as `offer`. */
  async serve(want: Want, options?: AbortOptions): Promise<SourceOutcome> {
    return this.#run(async () => {
      this.#answered = 'ACCEPT'

      if (want.header) {
        await this.#sendOffer(options)
      } else {
        this.#toldComplete = this.#source.complete
        await this.#stream.send(answer('ACCEPT', { complete: this.#toldComplete }), options)
        this.#chunks.add(want.ranges)
      }
    }, options)
  }

  /** Tells the sink why no more comes; `offer` and `serve` throw. */
  cancel(reason: Reason): void {
    this.#end(new ModelRefusedError(reason, `The transfer was cancelled (${reason})`))
    void this.#stream.leave({ type: 'cancel', reason })
  }

  async #run(begin: () => Promise<void>, options?: AbortOptions): Promise<SourceOutcome> {
    const onAbort = (): void => {
      this.#end(options?.signal?.reason)
      void this.#stream.leave({ type: 'cancel', reason: 'CANCELLED' })
    }
    const stopListening = this.#source.onChunk(() => this.#wake.resolve())

    options?.signal?.addEventListener('abort', onAbort)

    try {
      options?.signal?.throwIfAborted()
      await begin()
      const reading = this.#readToEnd()

      await this.#sendAll()
      void this.#stream.leave()
      await reading
    } catch (err) {
      this.#end(toError(err))
    } finally {
      options?.signal?.removeEventListener('abort', onAbort)
      stopListening()
      this.#idle.stop()
      this.#stopSilence()
    }

    return this.#settle()
  }

  /** A sink in reserve that leaves has what it needs from another, or is lost: both are for it to say. */
  #settle(): SourceOutcome {
    if (this.#outcome != null) {
      return this.#outcome
    }

    if (this.#answered === 'PENDING' && !this.#chunks.begun && this.#error instanceof ModelStreamEndedError) {
      return 'pending'
    }

    const error = this.#error ?? new ModelStreamEndedError()

    if (!this.#stream.left) {
      this.#stream.abort(error)
    }

    throw error
  }

  async #sendOffer(options?: AbortOptions): Promise<void> {
    const { bytes, signature } = this.#source.signed

    this.#toldComplete = this.#source.complete
    await this.#stream.send(
      { type: 'offer', header: bytes, signature, complete: this.#toldComplete },
      options
    )
  }

  #onAnswer(frame: ModelFrame): void {
    if (frame.type === 'cancel') {
      throw new ModelRefusedError(frame.reason, `The peer gave the transfer up (${frame.reason})`)
    }

    if (frame.type !== 'answer') {
      throw new ModelProtocolError(`Frame "${frame.type}" instead of an answer`)
    }

    this.#answered = frame.status
    this.#init.onAnswer?.(frame.status)

    if (frame.status === 'HAVE') {
      this.#end('have')
    } else if (frame.status === 'REFUSE') {
      this.#end(new ModelRefusedError(frame.reason, `The peer refused the model (${frame.reason})`))
    } else {
      this.#reserved = frame.status === 'PENDING'
      this.#chunks.add(frame.ranges)
    }
  }

  /** Reads until the other side ends, also when nothing that comes matters any more. */
  async #readToEnd(): Promise<void> {
    try {
      for (;;) {
        const frame = await this.#stream.read()

        if (frame == null) {
          this.#end(new ModelStreamEndedError())

          return
        }

        if (!this.#stream.left && !this.#over) {
          this.#onFrame(frame)
        }
      }
    } catch (err) {
      const error = toError(err)

      this.#end(error)
      this.#stream.abort(error)
    }
  }

  #onFrame(frame: ModelFrame): void {
    if (frame.type === 'request') {
      this.#chunks.add(frame.ranges)
      this.#reserved &&= frame.ranges.length === 0
      this.#wake.resolve()
    } else if (frame.type === 'answer' && frame.status === 'PENDING') {
      this.#reserved = true
      this.#wake.resolve()
    } else if (frame.type === 'complete') {
      this.#end('delivered')
    } else if (frame.type === 'cancel') {
      this.#end(new ModelRefusedError(frame.reason, `The peer gave the transfer up (${frame.reason})`))
    } else {
      throw new ModelProtocolError(`Frame "${frame.type}" from a sink`)
    }
  }

  /** Sends what is wanted and there, the next chunk being read while one is sent. */
  async #sendAll(): Promise<void> {
    let next = this.#chunks.next()
    let sent = 0

    while (!this.#over) {
      if (next == null) {
        this.#idle.start()
        this.#watchSilence()
        this.#init.onActivity?.(this.#reserved ? 'reserved' : 'quiet')
        await this.#wake.promise
        this.#wake = Promise.withResolvers()
        next = this.#chunks.next()
        await this.#tellComplete()
        continue
      }

      this.#idle.stop()
      this.#stopSilence()
      this.#init.onActivity?.('sending')
      const { index, data } = await next

      next = this.#chunks.next()
      await this.#stream.sendChunk(index, data)
      this.#init.onProgress?.(data.byteLength)

      if (++sent % CHUNKS_PER_TURN === 0) {
        await nextTurn()
      }
    }
  }

  /** A sink that waits for chunks which are not there yet is not silent. */
  #watchSilence(): void {
    if (this.#reserved || this.#chunks.waiting > 0) {
      this.#stopSilence()
    } else if (this.#chunks.begun) {
      this.#silence.start()
    } else {
      this.#beginning.start()
    }
  }

  #stopSilence(): void {
    this.#beginning.stop()
    this.#silence.stop()
  }

  async #tellComplete(): Promise<void> {
    if (this.#source.complete && !this.#toldComplete && !this.#over) {
      this.#toldComplete = true
      await this.#stream.send({ type: 'complete' })
    }
  }

  #end(end: SourceOutcome | Error): void {
    if (this.#over) {
      return
    }

    if (end instanceof Error) {
      this.#error = end
    } else {
      this.#outcome = end
    }

    this.#wake.resolve()
  }
}
