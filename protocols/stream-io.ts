/**
 * The one way our protocols send and receive: frames over a libp2p stream.
 *
 * libp2p's streams leave the following to their user, and so do
 * `it-length-prefixed` and the `lpStream` of `@libp2p/utils`, which never push
 * back and abort a stream whose reader falls 4 MiB behind:
 * - **Sending is bounded.** `send()` waits on the length of the write buffer,
 *   not on `onDrain()`, which waits once and never again.
 * - **Receiving is bounded.** The stream is paused when the reader falls behind,
 *   and its read buffer is allowed to hold the window that a remote may still
 *   use up. Per stream: the queue's limit (or one frame) and two Yamux windows.
 * - **Nobody waits for ever.** A remote that takes nothing, that never finishes
 *   a frame, or whose side keeps `close()` waiting loses the stream.
 * - **Nothing thrown in a listener reaches the process.** It aborts the stream.
 * - **An end is an end.** A stream that was reset, whose connection was lost or
 *   that broke off within a frame never looks as if the remote had closed it.
 */
import { StreamAbortedError, StreamResetError } from '@libp2p/interface'
import { UNLIMITED } from './budget.ts'
import { systemClock } from '../src/lib/clock.ts'
import {
  DEFAULT_CLOSE_TIMEOUT_MS,
  DEFAULT_FRAME_TIMEOUT_MS,
  DEFAULT_MAX_READ_BUFFER_BYTES,
  DEFAULT_MAX_READ_QUEUE_BYTES,
  DEFAULT_MAX_WRITE_BUFFER_BYTES,
  DEFAULT_WRITE_TIMEOUT_MS
} from './constants.ts'
import { FrameReader } from './stream-io/reader.ts'
import { FrameWriter } from './stream-io/writer.ts'
import { toError } from '../src/lib/to-error.ts'
import { Watchdog } from '../src/lib/watchdog.ts'
import type { Budget } from './budget.ts'
import type { Clock } from '../src/lib/clock.ts'
import type { Bytes } from './framing.ts'
import type { AbortOptions, Logger, MessageStreamEvents, Stream } from '@libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface FrameStreamInit {
  /** Bytes of the largest frame sent or accepted, without its length prefix. */
  maxFrameBytes: number
  /** `send()` waits while more unsent bytes than this are buffered. @default 256 KiB */
  maxWriteBufferBytes?: number
  /** The stream is paused while more unread bytes than this are queued, and resumed below half of them. @default 1 MiB */
  maxReadQueueBytes?: number
  /** `stream.maxReadBufferLength` is raised to this; it is never lowered. @default 16 MiB */
  maxReadBufferBytes?: number
  /** Milliseconds without a byte leaving the write buffer after which the stream is aborted. @default 30 s */
  writeTimeoutMs?: number
  /** Milliseconds a begun frame may take to be whole; a frame that takes longer aborts the stream. @default 30 s */
  frameTimeoutMs?: number
  /** Milliseconds that a `close()` without a signal may take. @default 5 s */
  closeTimeoutMs?: number
  /** Told of what is received and not yet read; while it is exhausted the stream is read frame by frame. */
  budget?: Budget
  /** Bytes of the largest frame accepted. @default maxFrameBytes */
  maxReadFrameBytes?: number
  /**
   * Called when bytes have come, and in the same tick: frames that a reset
   * follows at once can still be taken. What it throws aborts the stream.
   */
  onArrival?: () => void
  /** Called once when the remote has ended its side; what came before can be taken. Not called for a stream that is reset. */
  onEnd?: () => void
  clock?: Clock
}

/**
 * Length-prefixed frames over a libp2p stream. Construct it in the same tick in
 * which the stream was received; what has arrived by then is read.
 */
export class FrameStream implements AsyncIterable<Uint8ArrayList> {
  readonly id: string
  readonly protocol: string
  readonly log: Logger
  /**
   * Resolves when both sides are closed or the connection is (undefined), or
   * the stream was aborted or reset (the error). Frames that came before a
   * clean end can still be read then.
   */
  readonly closed: Promise<Error | undefined>

  readonly #stream: Stream
  readonly #reader: FrameReader
  readonly #writer: FrameWriter
  readonly #onArrival: (() => void) | undefined
  readonly #closed = Promise.withResolvers<Error | undefined>()
  readonly #removeListeners: Array<() => void> = []
  readonly #clock: Clock
  readonly #closeTimeoutMs: number
  #leaving = false

  constructor(stream: Stream, init: FrameStreamInit) {
    const limits = {
      maxFrameBytes: init.maxFrameBytes,
      maxWriteBufferBytes: init.maxWriteBufferBytes ?? DEFAULT_MAX_WRITE_BUFFER_BYTES,
      maxReadQueueBytes: init.maxReadQueueBytes ?? DEFAULT_MAX_READ_QUEUE_BYTES,
      writeTimeoutMs: init.writeTimeoutMs ?? DEFAULT_WRITE_TIMEOUT_MS,
      frameTimeoutMs: init.frameTimeoutMs ?? DEFAULT_FRAME_TIMEOUT_MS,
      closeTimeoutMs: init.closeTimeoutMs ?? DEFAULT_CLOSE_TIMEOUT_MS,
      budget: init.budget ?? UNLIMITED,
      clock: init.clock ?? systemClock
    }
    const abort = (err: Error): void => this.abort(err)

    this.id = stream.id
    this.protocol = stream.protocol
    this.log = stream.log
    this.closed = this.#closed.promise
    this.#stream = stream
    this.#reader = new FrameReader(
      stream,
      { ...limits, maxFrameBytes: init.maxReadFrameBytes ?? limits.maxFrameBytes, onEnd: init.onEnd },
      abort
    )
    this.#writer = new FrameWriter(stream, limits, abort)
    this.#onArrival = init.onArrival
    this.#clock = limits.clock
    this.#closeTimeoutMs = limits.closeTimeoutMs

    stream.maxReadBufferLength = Math.max(
      stream.maxReadBufferLength,
      init.maxReadBufferBytes ?? DEFAULT_MAX_READ_BUFFER_BYTES
    )

    this.#listen()
  }

  /** Bytes received and not yet taken: those queued here, and those a paused stream holds. */
  get unreadBytes(): number {
    return this.#reader.queuedBytes + this.#stream.readBufferLength
  }

  /** Bytes written and not yet handed to the connection. */
  get unsentBytes(): number {
    return this.#stream.writeBufferLength
  }

  /** Sends one frame; see `sendAll`. */
  send(frame: Bytes, options?: AbortOptions): Promise<void> {
    return this.#writer.send([frame], options)
  }

  /**
   * Sends frames in one write, and resolves when the write buffer is at or
   * below its mark. Frames go out in the order of the calls, which need not
   * wait for one another; what is buffered is bounded by the mark and one
   * call's frames per caller. The bytes are not copied: leave them alone.
   * A signal aborted before the call sends nothing; one aborted while waiting
   * ends the wait only: the frames are queued and will be sent whole.
   *
   * @throws {FrameTooLargeError} when a frame is over the limit; none is sent and the stream goes on
   * @throws {WriteTimeoutError} when the remote takes nothing for the write timeout
   * @throws {StreamStateError} after `close()`, or when the stream is closed
   * @throws the reason of the signal or of the abort; `StreamResetError`
   */
  sendAll(frames: Bytes[], options?: AbortOptions): Promise<void> {
    return this.#writer.send(frames, options)
  }

  /**
   * The next frame, or null when the remote has ended its side and every frame
   * has been read. A frame is not copied and may pin the larger buffer it came
   * in: copy what is kept. A read that its signal ends loses nothing.
   *
   * @throws {StreamStateError} while another read waits
   * @throws {InvalidFrameError | FrameTooLargeError} when the remote broke the framing
   * @throws {FrameTimeoutError} when a frame was not whole in time
   * @throws {UnexpectedEndError} after the last whole frame, when the remote's side ended within a frame or with the connection
   * @throws the reason of the signal or of the abort; `StreamResetError`
   */
  read(options?: AbortOptions): Promise<Uint8ArrayList | null> {
    return this.#reader.read(options)
  }

  /** The next frame if it is here already, else undefined. Throws what `read` throws, but not at the end. */
  take(): Uint8ArrayList | undefined {
    return this.#reader.take()
  }

  /** Reads to the end. Leaving the loop neither closes nor aborts the stream. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8ArrayList, void, undefined> {
    for (;;) {
      const frame = this.take() ?? (await this.read())

      if (frame == null) {
        return
      }

      yield frame
    }
  }

  /**
   * Ends this side once everything written has left; the remote's side stays
   * readable. Bounded by the signal, or by `closeTimeoutMs` without one: the
   * stream is aborted when it passes. Resolves at once when the stream is over;
   * a second call has the outcome of the first.
   *
   * @throws when what was written could not all be sent: the reason
   */
  close(options?: AbortOptions): Promise<void> {
    return this.#writer.close(options)
  }

  /**
   * Gives the stream up without losing what was written before, which a reset
   * would do: some remotes throw away what they have not read when one comes.
   * Ends this side and takes no more from the remote, which is held back; the
   * stream is reset when the remote has not ended its side within
   * `closeTimeoutMs`. `read` and `send` throw the reason. Never throws.
   */
  leave(reason: Error): void {
    if (!this.#leaving) {
      this.#leaving = true
      this.#leave(reason).catch((err: Error) => this.abort(err))
    }
  }

  /** Resets the stream in whatever state it is; unread and unsent bytes are dropped. Never throws. */
  abort(err: Error): void {
    this.#reader.fail(err)
    this.#writer.fail(err)

    try {
      this.#stream.abort(err)
    } catch (cause) {
      this.log.error('could not abort a stream - %e', cause)
    }
  }

  async #leave(reason: Error): Promise<void> {
    this.#reader.fail(reason)
    await Promise.all([this.#discard(), this.#writer.close()])

    const watchdog = new Watchdog(this.#clock, this.#closeTimeoutMs, () => this.abort(reason))

    watchdog.start()
    await this.#closed.promise
    watchdog.stop()
  }

  /** What still comes is thrown away, and makes no room for more. */
  async #discard(): Promise<void> {
    if (this.#stream.readStatus === 'readable') {
      this.#stream.pause()
    }

    await this.#stream.closeRead()
  }

  #listen(): void {
    const stream = this.#stream

    this.#on('message', (evt) => {
      this.#reader.onMessage(evt.data)
      this.#onArrival?.()
    })
    // libp2p's own listener is first and goes on sending in a microtask: what is left shows after that.
    this.#on('drain', () => this.#soon(() => this.#writer.onProgress()))
    this.#on('idle', () => this.#writer.onProgress())
    this.#on('remoteCloseWrite', () => this.#reader.onRemoteFinished())
    // Yamux handles a FIN before the data of the same frame.
    this.#on('end', () => this.#soon(() => this.#reader.onEnd()))
    this.#on('close', (evt) => this.#onClose(evt.error))

    // What happened before the listeners were there is not told again, except for data: in a microtask queued above.
    this.#soon(() => {
      if (stream.status === 'open') {
        this.#reader.catchUp()
        this.#reader.onEnd()
      } else if (stream.status === 'aborted') {
        this.#onClose(new StreamAbortedError('The stream had been aborted'))
      } else if (stream.status === 'reset') {
        this.#onClose(new StreamResetError('The stream had been reset'))
      } else {
        this.#onClose(undefined)
      }
    })
  }

  #onClose(err: Error | undefined): void {
    this.#reader.onClose(err)
    this.#writer.onClose(err)

    for (const remove of this.#removeListeners) {
      remove()
    }

    this.#removeListeners.length = 0
    this.#closed.resolve(err)
  }

  #on<K extends keyof MessageStreamEvents>(type: K, listener: (evt: MessageStreamEvents[K]) => void): void {
    const guarded = (evt: MessageStreamEvents[K]): void => this.#guard(() => listener(evt))

    this.#stream.addEventListener(type, guarded)
    this.#removeListeners.push(() => this.#stream.removeEventListener(type, guarded))
  }

  #soon(task: () => void): void {
    queueMicrotask(() => this.#guard(task))
  }

  /** An exception in a listener or a microtask would end the process. */
  #guard(task: () => void): void {
    try {
      task()
    } catch (err) {
      this.abort(toError(err))
    }
  }
}
