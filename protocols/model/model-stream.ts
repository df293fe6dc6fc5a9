import { FrameStream } from '../stream-io.ts'
import { decodeFrame, encodeFrame } from './codec.ts'
import { ModelProtocolError, ModelStreamEndedError, ModelTimeoutError } from './errors.ts'
import {
  MAX_MODEL_FRAME_BYTES,
  MODEL_ANSWER_TIMEOUT_MS,
  MODEL_CLOSE_TIMEOUT_MS,
  MODEL_STALL_TIMEOUT_MS,
  MODEL_WRITE_BUFFER_BYTES
} from './limits.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { deadline } from '../../src/lib/deadline.ts'
import { Watchdog } from '../../src/lib/watchdog.ts'
import type { Budget } from '../budget.ts'
import type { Clock } from '../../src/lib/clock.ts'
import type { ModelFrame } from './types.ts'
import type { AbortOptions, Logger, Stream } from '@libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface ModelStreamInit {
  clock?: Clock
  /** Milliseconds for the first frame and for the answer to it. @default 10_000 */
  answerTimeout?: number
  /** Milliseconds without a byte taken, or within a frame. @default 30_000 */
  stallTimeout?: number
  /** Milliseconds that the other end may take to close its side. @default 5_000 */
  closeTimeout?: number
  /** Unsent bytes above which a chunk waits. @default 65_536 */
  writeBufferBytes?: number
  /** What the streams of all protocols may hold together. @default no bound */
  budget?: Budget
}

/** The frames of one transfer, and its end. One reader at a time. */
export class ModelStream {
  readonly log: Logger
  readonly #frames: FrameStream
  readonly #clock: Clock
  readonly #answerTimeout: number
  readonly #closeTimeout: number
  #left = false
  #leaving?: Promise<void>

  constructor(stream: Stream, init: ModelStreamInit = {}) {
    const stallTimeout = init.stallTimeout ?? MODEL_STALL_TIMEOUT_MS

    this.#clock = init.clock ?? systemClock
    this.#answerTimeout = init.answerTimeout ?? MODEL_ANSWER_TIMEOUT_MS
    this.#closeTimeout = init.closeTimeout ?? MODEL_CLOSE_TIMEOUT_MS
    this.#frames = new FrameStream(stream, {
      maxFrameBytes: MAX_MODEL_FRAME_BYTES,
      maxWriteBufferBytes: init.writeBufferBytes ?? MODEL_WRITE_BUFFER_BYTES,
      writeTimeoutMs: stallTimeout,
      frameTimeoutMs: stallTimeout,
      closeTimeoutMs: this.#closeTimeout,
      clock: this.#clock,
      budget: init.budget
    })
    this.log = this.#frames.log
  }

  /** Whether this end has left: what still comes is not for it. */
  get left(): boolean {
    return this.#left
  }

  async send(frame: ModelFrame, options?: AbortOptions): Promise<void> {
    await this.#frames.send(encodeFrame(frame), options)
  }

  /** Resolves when there is room for the next chunk; the bytes are not copied. */
  async sendChunk(index: number, data: Uint8Array | Uint8ArrayList, options?: AbortOptions): Promise<void> {
    await this.#frames.sendAll([encodeFrame({ type: 'chunk', index }), data], options)
  }

  /** The next frame, or null at the end of the other side. */
  async read(options?: AbortOptions): Promise<ModelFrame | null> {
    const bytes = this.#frames.take() ?? (await this.#frames.read(options))

    return bytes == null ? null : decodeFrame(bytes)
  }

  /**
   * The frame that the other end owes now.
   *
   * @throws {ModelTimeoutError} when it does not come in time
   * @throws {ModelStreamEndedError} when its side ends first
   */
  async readFirst(options?: AbortOptions): Promise<ModelFrame> {
    const limit = deadline(this.#clock, this.#answerTimeout, options?.signal)

    try {
      const frame = await this.read({ signal: limit.signal })

      if (frame == null) {
        throw new ModelStreamEndedError()
      }

      return frame
    } catch (err) {
      throw limit.expired
        ? new ModelTimeoutError(`Peer did not answer within ${this.#answerTimeout} ms`)
        : err
    } finally {
      limit.clear()
    }
  }

  /** The bytes of the chunk that was just announced; they may pin larger buffers. */
  async readChunk(options?: AbortOptions): Promise<Uint8ArrayList> {
    const bytes = this.#frames.take() ?? (await this.#frames.read(options))

    if (bytes == null) {
      throw new ModelProtocolError('The stream ended between a chunk and its bytes')
    }

    return bytes
  }

  /**
   * Says a last frame and closes this side; resolves when the other end has
   * closed its side, or is reset because it did not in time. Whoever reads goes
   * on reading until the end. Never throws.
   */
  leave(last?: ModelFrame): Promise<void> {
    this.#leaving ??= this.#leave(last)

    return this.#leaving
  }

  abort(error: Error): void {
    this.#left = true
    this.#frames.abort(error)
  }

  async #leave(last?: ModelFrame): Promise<void> {
    this.#left = true
    const late = new ModelTimeoutError(`Peer did not close its side within ${this.#closeTimeout} ms`)
    const watchdog = new Watchdog(this.#clock, this.#closeTimeout, () => this.#frames.abort(late))

    watchdog.start()

    try {
      if (last != null) {
        // close() waits for it, too, and with a deadline
        this.#frames.send(encodeFrame(last)).catch(() => {})
      }

      await this.#frames.close()
      watchdog.restart()
      await this.#frames.closed
    } catch (err) {
      this.log('transfer did not end well - %e', err)
    } finally {
      watchdog.stop()
    }
  }
}
