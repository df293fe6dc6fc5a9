import { FrameStream } from '../stream-io.ts'
import { decodeFrame, encodeFrame } from './codec.ts'
import { HandshakeTimeoutError } from './errors.ts'
import { isViolation } from '../errors.ts'
import { toError } from '../../src/lib/to-error.ts'
import { Watchdog } from '../../src/lib/watchdog.ts'
import type { HandshakeFrame } from './types.ts'
import type { Clock } from '../../src/lib/clock.ts'
import type { Connection, PeerId, Stream } from '@libp2p/interface'

export interface HandshakeStreamInit {
  id: string
  clock: Clock
  maxFrameBytes: number
  stepTimeoutMs: number
}

/** Who is told what comes over the stream; exactly one of the last two is called, once, at the end. */
export interface HandshakeStreamListener {
  /** The next frame is read when what this returns has resolved. */
  onFrame(frame: HandshakeFrame): void | Promise<void>
  onViolation(error: Error): void
  onEnded(error?: Error): void
}

/**
 * One handshake stream: frames in order, a deadline while an answer is due,
 * and an end that is always told. It has no opinion on what the frames mean.
 */
export class HandshakeStream {
  readonly id: string
  readonly connection: Connection
  readonly #frames: FrameStream
  #listener?: HandshakeStreamListener
  readonly #deadline: Watchdog
  /** What the deadline is for. */
  #step = ''
  #givenUp = false
  #sent: Promise<void> = Promise.resolve()

  constructor(stream: Stream, connection: Connection, init: HandshakeStreamInit) {
    this.id = init.id
    this.connection = connection
    this.#deadline = new Watchdog(init.clock, init.stepTimeoutMs, () => {
      this.abort(new HandshakeTimeoutError(`${this.#step} took longer than ${init.stepTimeoutMs} ms`))
    })
    this.#frames = new FrameStream(stream, {
      maxFrameBytes: init.maxFrameBytes,
      maxWriteBufferBytes: 2 * init.maxFrameBytes,
      maxReadQueueBytes: 2 * init.maxFrameBytes,
      frameTimeoutMs: init.stepTimeoutMs,
      writeTimeoutMs: init.stepTimeoutMs,
      clock: init.clock
    })
  }

  get peer(): PeerId {
    return this.connection.remotePeer
  }

  /** Begins to read; called once. */
  listen(listener: HandshakeStreamListener): void {
    this.#listener = listener
    void this.#read()
  }

  /** Hands the stream to another listener; what has been delivered stays delivered. */
  redirect(listener: HandshakeStreamListener): void {
    this.#listener = listener
  }

  /** Queues a frame; one that cannot be sent ends the stream. */
  send(frame: HandshakeFrame): void {
    const bytes = encodeFrame(frame)

    this.#sent = this.#sent.then(() => this.#frames.send(bytes)).catch((err: Error) => this.abort(err))
  }

  /** Ends the stream unless `clearDeadline` is called within the time of one step. */
  setDeadline(what: string): void {
    this.#step = what
    this.#deadline.restart()
  }

  clearDeadline(): void {
    this.#deadline.stop()
  }

  /** Closes our side once all queued frames have left; the peer has one step to close its own. */
  finish(): void {
    this.setDeadline('The end of the handshake')
    this.#sent = this.#sent.then(() => this.#frames.close()).catch((err: Error) => this.abort(err))
  }

  /** Gives the stream up; whatever the reason, it is not held against the peer. */
  abort(error: Error): void {
    this.#givenUp = true
    this.#frames.abort(error)
  }

  /** Settles when the stream is closed at both ends or aborted. */
  get closed(): Promise<Error | undefined> {
    return this.#frames.closed
  }

  async #read(): Promise<void> {
    let failure: Error | undefined

    try {
      for await (const bytes of this.#frames) {
        const handled = this.#listener?.onFrame(decodeFrame(bytes))

        if (handled != null) {
          await handled
        }

        // a peer that asks and does not read the answers is not read further
        await this.#sent
      }
    } catch (err) {
      failure = toError(err)
    }

    // the peer has closed its side, or the stream is gone: nothing keeps ours open
    this.clearDeadline()

    if (!this.#givenUp && isViolation(failure)) {
      this.#listener?.onViolation(failure)
      this.abort(failure)

      return
    }

    this.#listener?.onEnded(failure)
    this.finish()
    await this.#frames.closed
    this.clearDeadline()
  }
}
