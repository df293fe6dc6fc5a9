import { setImmediate as nextTurn } from 'node:timers/promises'
import { answer } from './codec.ts'
import { ModelProtocolError, ModelRefusedError, ModelStreamEndedError } from './errors.ts'
import { chunkCount, verifyChunk } from './header.ts'
import { CHUNKS_PER_TURN, MAX_UNWRITTEN_CHUNKS } from './limits.ts'
import { countOf, toRanges } from './ranges.ts'
import { toError } from '../../src/lib/to-error.ts'
import type { ModelStream } from './model-stream.ts'
import type { ModelFrame, Range, Reason, SignedHeader } from './types.ts'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface SinkEndHandlers {
  /**
   * A chunk that was asked for, verified. The next ones are read when at most
   * three calls have not resolved; one that rejects ends the transfer.
   */
  onChunk(index: number, data: Uint8ArrayList): Promise<void>
  /** The source has come to have all chunks. */
  onComplete(): void
}

/** The end of a transfer that gets chunks: it was offered a model, or wants one, and says which chunks. */
export class SinkEnd {
  readonly signed: SignedHeader
  readonly #stream: ModelStream
  readonly #count: number
  readonly #outstanding = new Set<number>()
  readonly #asked = new Set<number>()
  /** Nothing has been said to the offer. */
  #offered: boolean
  /** The source knows that it is in reserve. */
  #reserved = false
  #complete: boolean
  #writing = 0
  #written = Promise.withResolvers<void>()
  #failure?: Error

  constructor(stream: ModelStream, signed: SignedHeader, init: { offered: boolean; complete: boolean }) {
    this.signed = signed
    this.#stream = stream
    this.#count = chunkCount(signed.header)
    this.#offered = init.offered
    this.#complete = init.complete
  }

  /** Whether the source has every chunk. */
  get complete(): boolean {
    return this.#complete
  }

  /** The chunks asked for that have not come. */
  get outstanding(): ReadonlySet<number> {
    return this.#outstanding
  }

  /** Whether this end has left, or the stream was reset by it. */
  get left(): boolean {
    return this.#stream.left
  }

  /** Whether the chunk may be asked for here: once only. */
  mayAsk(index: number): boolean {
    return !this.#asked.has(index)
  }

  /**
   * Asks for chunks, each of which `mayAsk`; the first time it accepts the offer.
   * In one frame there is room for 64 ranges: what has no room is not asked for.
   *
   * @param indices - ascending
   * @returns how many were asked for
   */
  request(indices: number[]): number {
    const ranges = toRanges(indices)
    const count = countOf(ranges)

    for (const index of indices.slice(0, count)) {
      this.#asked.add(index)
      this.#outstanding.add(index)
    }

    if (this.#offered) {
      this.#answer('ACCEPT', ranges)
    } else if (count > 0) {
      this.#reserved = false
      this.#send({ type: 'request', ranges })
    }

    return count
  }

  /** Says that this source is kept in reserve until the next request; once is enough. */
  reserve(): void {
    if (!this.#reserved && !this.#stream.left) {
      this.#reserved = true
      this.#answer('PENDING', [])
    }
  }

  /** Answers the offer: another source is not needed; resolves when the stream is over. */
  async decline(): Promise<void> {
    if (this.#offered) {
      this.#offered = false
      await this.#stream.leave(answer('PENDING'))
    } else {
      await this.#stream.leave()
    }
  }

  /** Answers the offer: there is nothing to get; resolves when the stream is over. */
  async have(): Promise<void> {
    this.#offered = false
    await this.#stream.leave(answer('HAVE'))
  }

  /** Answers the offer: no; resolves when the stream is over. */
  async refuse(reason: Reason): Promise<void> {
    this.#offered = false
    await this.#stream.leave(answer('REFUSE', { reason }))
  }

  /** All has come, from whomever. `run` returns once the stream is over. */
  finish(): void {
    void this.#stream.leave({ type: 'complete' })
  }

  /** Gives the source up. `run` returns once the stream is over. */
  cancel(reason: Reason): void {
    void this.#stream.leave({ type: 'cancel', reason })
  }

  /** Resets the stream; `run` returns. */
  abort(error: Error): void {
    this.#stream.abort(error)
  }

  /**
   * Receives until the end of the stream.
   *
   * @returns when this end has left
   * @throws {ModelRefusedError} when the source gave up
   * @throws {InvalidChunkError | ModelProtocolError} when the source broke the protocol; the stream is reset
   * @throws {ModelStreamEndedError | Error} when the source was lost; what `onChunk` threw
   */
  async run(handlers: SinkEndHandlers): Promise<void> {
    try {
      await this.#receive(handlers)
    } catch (err) {
      if (err instanceof ModelRefusedError) {
        throw err
      }

      // after this end has left, one end of the stream is as good as another, unless the source goes on and on
      if (!this.#stream.left || err instanceof ModelProtocolError) {
        this.#stream.abort(toError(err))

        throw err
      }
    }
  }

  async #receive(handlers: SinkEndHandlers): Promise<void> {
    let received = 0

    for (;;) {
      const frame = await this.#stream.read()

      if (frame == null) {
        if (this.#stream.left) {
          return
        }

        throw new ModelStreamEndedError()
      }

      if (frame.type === 'chunk') {
        const data = await this.#stream.readChunk()

        if (!this.#stream.left) {
          await this.#onChunk(frame.index, data, handlers)
        } else if (!this.#outstanding.delete(frame.index)) {
          // what was under way may still come, and nothing else
          throw new ModelProtocolError(`Chunk ${frame.index} came after the end`)
        }

        if (++received % CHUNKS_PER_TURN === 0) {
          await nextTurn()
        }
      } else if (!this.#stream.left) {
        this.#onFrame(frame, handlers)
      }
    }
  }

  #onFrame(frame: ModelFrame, handlers: SinkEndHandlers): void {
    if (frame.type === 'cancel') {
      void this.#stream.leave()

      throw new ModelRefusedError(frame.reason, `The peer gave the transfer up (${frame.reason})`)
    }

    if (frame.type !== 'complete') {
      throw new ModelProtocolError(`Frame "${frame.type}" from a source`)
    }

    if (!this.#complete) {
      this.#complete = true
      handlers.onComplete()
    }
  }

  async #onChunk(index: number, data: Uint8ArrayList, handlers: SinkEndHandlers): Promise<void> {
    if (!this.#outstanding.has(index)) {
      throw new ModelProtocolError(`Chunk ${index} of ${this.#count} was not asked for`)
    }

    verifyChunk(this.signed.header, index, data)
    this.#outstanding.delete(index)
    this.#writing++
    handlers
      .onChunk(index, data)
      .catch((err: unknown) => {
        this.#failure ??= toError(err)
      })
      .finally(() => {
        this.#writing--
        this.#written.resolve()
      })

    while (this.#writing >= MAX_UNWRITTEN_CHUNKS && this.#failure == null) {
      this.#written = Promise.withResolvers()
      await this.#written.promise
    }

    if (this.#failure != null) {
      throw this.#failure
    }
  }

  #answer(status: 'ACCEPT' | 'PENDING', ranges: Range[]): void {
    this.#offered = false
    this.#send(answer(status, { ranges }))
  }

  /** Small frames that need not wait for one another; a failure to send shows in `run`. */
  #send(frame: ModelFrame): void {
    this.#stream.send(frame).catch((err: Error) => {
      this.#stream.log('frame "%s" was not sent - %e', frame.type, err)
    })
  }
}
