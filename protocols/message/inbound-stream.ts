import { systemClock } from '../../src/lib/clock.ts'
import { FrameStream } from '../stream-io.ts'
import { decodeEnvelope, encodeAck } from './codec.ts'
import {
  MAX_ACK_BUFFER_BYTES,
  MAX_ACK_DELAY_MS,
  MAX_ENVELOPES_PER_ACK,
  MAX_MESSAGE_BYTES,
  MESSAGE_FRAME_TIMEOUT_MS
} from './limits.ts'
import type { Budget } from '../budget.ts'
import type { Clock } from '../../src/lib/clock.ts'
import type { Envelope } from './types.ts'
import type { Connection, Stream } from '@libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface InboundStreamInit {
  clock?: Clock
  /** @default 1 MiB */
  maxMessageBytes?: number
  /** Milliseconds. @default 30_000 */
  frameTimeout?: number
  /** Told of what has come and was not taken. */
  budget?: Budget
}

export type TakeEnvelope = (
  envelope: Envelope,
  byteLength: number,
  tell: (beyond: bigint) => void
) => void | Promise<void>

/** The envelopes that a peer sends over one stream, acknowledged many at a time. */
export class InboundStream {
  readonly connection: Connection
  readonly #frames: FrameStream
  readonly #clock: Clock
  /** Envelopes that were taken and are not acknowledged. */
  #taken = 0
  /** The number beyond which the peer's next ones are to be, when it is to be told. */
  #beyond?: bigint
  #dismissed = false

  constructor(stream: Stream, connection: Connection, init: InboundStreamInit) {
    this.connection = connection
    this.#clock = init.clock ?? systemClock
    this.#frames = new FrameStream(stream, {
      maxFrameBytes: init.maxMessageBytes ?? MAX_MESSAGE_BYTES,
      maxWriteBufferBytes: MAX_ACK_BUFFER_BYTES,
      frameTimeoutMs: init.frameTimeout ?? MESSAGE_FRAME_TIMEOUT_MS,
      budget: init.budget,
      clock: init.clock
    })
  }

  /**
   * Hands over envelope after envelope until the peer ends its side; the next
   * one waits for what `take` returns. With `tell` the peer is told, with the
   * next acknowledgement, that its numbers are to be beyond one.
   *
   * @throws {InvalidEnvelopeError} and what `FrameStream.read` throws
   */
  async read(take: TakeEnvelope): Promise<void> {
    for (;;) {
      const bytes = this.#frames.take() ?? (await this.#next())

      if (bytes == null) {
        return this.#frames.close()
      }

      const envelope = decodeEnvelope(bytes)

      // before it is handed over, which may end the link
      this.#taken++
      const taken = take(envelope, bytes.byteLength, this.#tell)

      if (taken != null) {
        await this.#heldUp(taken)
      }

      if (this.#taken >= MAX_ENVELOPES_PER_ACK) {
        await this.#acknowledge()
      }
    }
  }

  /**
   * Acknowledges what was taken, takes nothing more and ends this side. The
   * stream is not reset before the peer has had time to end its own: a reset
   * may overtake the acknowledgement.
   */
  dismiss(reason: Error): void {
    if (!this.#dismissed) {
      this.#dismissed = true
      this.#acknowledge().catch(() => {
        // the peer has gone
      })
      this.#frames.leave(reason)
    }
  }

  /** Resets the stream, unless it was dismissed and ends by itself. */
  abort(error: Error): void {
    if (!this.#dismissed) {
      this.#frames.abort(error)
    }
  }

  /** What holds up the reading for long holds up no acknowledgement: the peer would take this node for stuck. */
  async #heldUp(taken: Promise<void>): Promise<void> {
    const timer = this.#clock.setTimeout(() => {
      this.#acknowledge().catch((err: Error) => this.#frames.abort(err))
    }, MAX_ACK_DELAY_MS)

    try {
      await taken
    } finally {
      timer.clear()
    }
  }

  readonly #tell = (beyond: bigint): void => {
    this.#beyond = beyond
  }

  /** A pause of the peer is when it gets its acknowledgement. */
  async #next(): Promise<Uint8ArrayList | null> {
    await this.#acknowledge()

    return this.#frames.read()
  }

  /** Waits while the peer does not take what acknowledges its envelopes: it could make us hold any number of them. */
  async #acknowledge(): Promise<void> {
    if (this.#taken > 0) {
      const ack = encodeAck({ count: this.#taken, beyond: this.#beyond })

      this.#taken = 0
      this.#beyond = undefined
      await this.#frames.send(ack)
    }
  }
}
