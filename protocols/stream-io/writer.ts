import { StreamStateError, TimeoutError } from '@libp2p/interface'
import { raceSignal } from 'race-signal'
import { UnexpectedEndError, WriteTimeoutError } from '../errors.ts'
import { encodeFrames } from '../framing.ts'
import { deadline } from '../../src/lib/deadline.ts'
import { Watchdog } from '../../src/lib/watchdog.ts'
import type { Clock } from '../../src/lib/clock.ts'
import type { Bytes } from '../framing.ts'
import type { AbortOptions, Stream } from '@libp2p/interface'

export interface FrameWriterInit {
  maxFrameBytes: number
  maxWriteBufferBytes: number
  writeTimeoutMs: number
  closeTimeoutMs: number
  clock: Clock
}

/** The sending half of a `FrameStream`, which feeds it the stream's events. */
export class FrameWriter {
  readonly #stream: Stream
  readonly #maxFrameBytes: number
  readonly #maxBufferBytes: number
  readonly #closeTimeoutMs: number
  readonly #clock: Clock
  readonly #writeWatch: Watchdog
  readonly #abort: (err: Error) => void

  #written = 0
  #sent = 0
  #drained: PromiseWithResolvers<void> | undefined
  #closed: Promise<void> | undefined
  #closing = false
  #failure: Error | undefined
  readonly #failed = Promise.withResolvers<never>()

  constructor(stream: Stream, init: FrameWriterInit, abort: (err: Error) => void) {
    this.#stream = stream
    this.#maxFrameBytes = init.maxFrameBytes
    this.#maxBufferBytes = init.maxWriteBufferBytes
    this.#closeTimeoutMs = init.closeTimeoutMs
    this.#clock = init.clock
    this.#abort = abort
    this.#failed.promise.catch(() => undefined)
    this.#writeWatch = new Watchdog(init.clock, init.writeTimeoutMs, () =>
      this.#abort(new WriteTimeoutError(`Remote took no byte for ${init.writeTimeoutMs} ms`))
    )
  }

  async send(frames: Bytes[], options?: AbortOptions): Promise<void> {
    options?.signal?.throwIfAborted()
    this.#throwIfFailed()

    if (frames.length === 0) {
      return
    }

    const bytes = encodeFrames(frames, this.#maxFrameBytes)

    try {
      this.#stream.send(bytes)
    } catch (err) {
      throw this.#failure ?? err
    }

    this.#written += bytes.byteLength
    this.onProgress()

    while (this.#stream.writeBufferLength > this.#maxBufferBytes && this.#failure == null) {
      this.#drained ??= Promise.withResolvers()
      await raceSignal(this.#drained.promise, options?.signal)
    }

    this.#throwIfFailed()
  }

  close(options?: AbortOptions): Promise<void> {
    this.#closed ??= this.#close(options)

    return this.#closed
  }

  /** The write buffer may have shrunk. */
  onProgress(): void {
    const unsent = this.#stream.writeBufferLength
    const sent = this.#written - unsent

    if (this.#failure != null || (unsent === 0 && !this.#closing)) {
      this.#writeWatch.stop()
    } else if (sent !== this.#sent) {
      this.#writeWatch.restart()
    } else {
      this.#writeWatch.start()
    }

    this.#sent = sent

    if (unsent <= this.#maxBufferBytes) {
      this.#wake()
    }
  }

  onClose(err: Error | undefined): void {
    if (err != null) {
      this.fail(err)
    } else {
      this.#end(new StreamStateError('The stream is closed'))
    }
  }

  /** Ends every wait; `send` throws from now on. */
  fail(err: Error): void {
    this.#end(err)
    this.#failed.reject(err)
  }

  #end(reason: Error): void {
    this.#failure ??= reason
    this.#writeWatch.stop()
    this.#wake()
  }

  #wake(): void {
    this.#drained?.resolve()
    this.#drained = undefined
  }

  #throwIfFailed(): void {
    if (this.#failure != null) {
      throw this.#failure
    }
  }

  async #close(options?: AbortOptions): Promise<void> {
    if (this.#failure != null || this.#stream.writeStatus !== 'writable') {
      return
    }

    const closing = new AbortController()
    const ms = options?.signal == null ? this.#closeTimeoutMs : Infinity
    const limit = deadline(this.#clock, ms, options?.signal, closing.signal)

    // The signal may never come: without progress the watch ends the wait.
    this.#closing = true
    this.#writeWatch.start()

    const closed = this.#stream.close({ signal: limit.signal })

    try {
      // stream.close() alone waits for ever when the stream is aborted meanwhile: it takes the 'idle' of the abort
      // for the end of its first wait, and begins the second when 'close' has been dispatched.
      await raceSignal(Promise.race([closed, this.#failed.promise]), limit.signal)
    } catch (err) {
      // When the connection is lost, what stream.close() rejects with is the event.
      const cause = limit.expired
        ? new TimeoutError(`Stream did not close in ${ms} ms`)
        : err instanceof Error
          ? err
          : new UnexpectedEndError('Connection ended before all was sent')
      this.#abort(cause)
      throw this.#failure ?? cause
    } finally {
      this.#closing = false
      this.#writeWatch.stop()
      closed.catch(() => undefined)
      closing.abort()
      limit.clear()
    }
  }
}
