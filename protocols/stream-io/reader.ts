import { StreamStateError } from '@libp2p/interface'
import { raceSignal } from 'race-signal'
import { FrameTimeoutError, UnexpectedEndError } from '../errors.ts'
import { FrameDecoder } from '../framing.ts'
import { Watchdog } from '../../src/lib/watchdog.ts'
import type { Budget } from '../budget.ts'
import type { Clock } from '../../src/lib/clock.ts'
import type { Bytes } from '../framing.ts'
import type { AbortOptions, Stream } from '@libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface FrameReaderInit {
  maxFrameBytes: number
  maxReadQueueBytes: number
  frameTimeoutMs: number
  budget: Budget
  clock: Clock
  onEnd?: () => void
}

/** The receiving half of a `FrameStream`, which feeds it the stream's events. */
export class FrameReader {
  readonly #stream: Stream
  readonly #decoder: FrameDecoder
  readonly #maxQueueBytes: number
  readonly #budget: Budget
  readonly #frameWatch: Watchdog
  readonly #abort: (err: Error) => void
  readonly #onEnd: (() => void) | undefined

  /** Bytes that the budget was told of. */
  #accounted = 0
  #reading = false
  #arrived: PromiseWithResolvers<void> | undefined
  #resuming = false
  #watchedFrame = 0
  /** The remote has said that its side is at an end. */
  #remoteFinished: boolean
  /** Nothing more will arrive. */
  #ended = false
  /** What `read` throws once the frames before a broken end are read. */
  #endError: Error | undefined
  #failure: Error | undefined

  constructor(stream: Stream, init: FrameReaderInit, abort: (err: Error) => void) {
    this.#stream = stream
    this.#decoder = new FrameDecoder(init.maxFrameBytes)
    this.#maxQueueBytes = init.maxReadQueueBytes
    this.#budget = init.budget
    this.#abort = abort
    this.#onEnd = init.onEnd
    this.#remoteFinished = stream.status === 'open' && stream.remoteWriteStatus === 'closed'
    this.#frameWatch = new Watchdog(init.clock, init.frameTimeoutMs, () =>
      this.#abort(new FrameTimeoutError(`Frame was not whole after ${init.frameTimeoutMs} ms`))
    )
  }

  get queuedBytes(): number {
    return this.#decoder.byteLength
  }

  take(): Uint8ArrayList | undefined {
    if (this.#failure != null) {
      throw this.#failure
    }

    const frame = this.#decoder.take()

    if (frame != null) {
      this.#balance()
    }

    return frame
  }

  async read(options?: AbortOptions): Promise<Uint8ArrayList | null> {
    options?.signal?.throwIfAborted()

    if (this.#reading) {
      throw new StreamStateError('Another read waits for the next frame')
    }

    this.#reading = true

    try {
      for (;;) {
        const frame = this.take()

        if (frame != null) {
          return frame
        }

        if (this.#endError != null) {
          throw this.#endError
        }

        if (this.#ended) {
          return null
        }

        this.#arrived = Promise.withResolvers()
        await raceSignal(this.#arrived.promise, options?.signal)
      }
    } finally {
      this.#reading = false
      this.#arrived = undefined
    }
  }

  onMessage(data: Bytes): void {
    if (this.#failure != null) {
      return
    }

    this.#decoder.push(data)
    this.#balance()
    this.#arrived?.resolve()
  }

  onRemoteFinished(): void {
    this.#remoteFinished = true
  }

  /** The stream says, or may have said before anyone listened, that all it had is delivered. */
  onEnd(): void {
    const { status, readableEnded, readBufferLength } = this.#stream

    // After an abort or a reset 'close' follows and decides.
    if (readableEnded && readBufferLength === 0 && status !== 'aborted' && status !== 'reset') {
      this.#end()
    }
  }

  /** The stream is over; what a paused stream holds can still be read unless it was aborted here. */
  onClose(err: Error | undefined): void {
    this.#resume()

    if (err == null || (this.#remoteFinished && this.#stream.status === 'reset')) {
      this.#end()
    } else if (!this.#ended) {
      this.fail(err)
    }

    this.#frameWatch.stop()
  }

  /** Takes over a stream that was paused before it came here. */
  catchUp(): void {
    this.#balance()
  }

  /** Drops what is queued; `read` throws from now on. */
  fail(err: Error): void {
    if (this.#failure != null) {
      return
    }

    this.#failure = err
    this.#decoder.clear()
    this.#account()
    this.#frameWatch.stop()
    this.#arrived?.resolve()
  }

  #end(): void {
    if (this.#ended || this.#failure != null) {
      return
    }

    this.#ended = true
    this.#frameWatch.stop()

    if (this.#decoder.withinFrame) {
      this.#endError = new UnexpectedEndError('Remote ended its side within a frame')
      this.#stream.abort(this.#endError)
    } else if (!this.#remoteFinished) {
      this.#endError = new UnexpectedEndError('Connection ended before the remote ended its side')
    }

    this.#arrived?.resolve()
    this.#onEnd?.()
  }

  /** Pauses or resumes the stream and watches the frame that is arriving. */
  #balance(): void {
    this.#account()

    if (this.#resuming) {
      return
    }

    const { byteLength, wholeFrames } = this.#decoder

    if (this.#stream.readStatus === 'paused') {
      // Without a whole frame the reader could never make room.
      if (byteLength < this.#queueLimit / 2 || wholeFrames === 0) {
        this.#resume()
      }
    }

    this.#pauseWhenFull()
    this.#watchFrame()
  }

  /** Where memory is short a stream may still bring one frame after the other, or nothing would become free. */
  get #queueLimit(): number {
    return this.#budget.exhausted ? 0 : this.#maxQueueBytes
  }

  #account(): void {
    const { byteLength } = this.#decoder

    if (byteLength !== this.#accounted) {
      this.#budget.add(byteLength - this.#accounted)
      this.#accounted = byteLength
    }
  }

  #pauseWhenFull(): void {
    const { byteLength, wholeFrames } = this.#decoder

    if (byteLength > this.#queueLimit && wholeFrames > 0 && this.#stream.readStatus === 'readable') {
      this.#stream.pause()
    }
  }

  /**
   * Delivers what the paused stream holds. A pause from within would be undone:
   * `resume()` delivers first and then opens the Yamux window, and a stream that
   * counts as paused with an open window fills its buffer until it is reset.
   */
  #resume(): void {
    if (this.#stream.readStatus !== 'paused') {
      return
    }

    this.#resuming = true

    try {
      this.#stream.resume()
    } catch (err) {
      // The data is delivered; only the window update had no connection to go to.
      this.#stream.log.trace('could not update the window of a stream - %e', err)
    } finally {
      this.#resuming = false
    }

    // 'end' is dispatched once, and data that came with the FIN may have waited here since.
    this.onEnd()
  }

  #watchFrame(): void {
    const { withinFrame, begun } = this.#decoder

    if (!withinFrame || this.#ended || this.#failure != null || this.#stream.readStatus === 'paused') {
      this.#frameWatch.stop()
    } else if (begun !== this.#watchedFrame) {
      this.#watchedFrame = begun
      this.#frameWatch.restart()
    } else {
      this.#frameWatch.start()
    }
  }
}
