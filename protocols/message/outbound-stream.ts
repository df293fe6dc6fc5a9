import { raceSignal } from 'race-signal'
import { UnexpectedEndError } from '../errors.ts'
import { FrameStream } from '../stream-io.ts'
import { decodeAck } from './codec.ts'
import { UnacknowledgedError } from './errors.ts'
import { MAX_ACK_BYTES, MAX_UNACKNOWLEDGED_MESSAGES, MESSAGE_ACK_TIMEOUT_MS } from './limits.ts'
import { Unacknowledged } from './unacknowledged.ts'
import type { Clock } from '../clock.ts'
import type { Entry } from './message-queue.ts'
import type { Ack } from './types.ts'
import type { AbortOptions, Stream } from '@libp2p/interface'

export interface OutboundStreamInit {
  maxMessageBytes: number
  /** Milliseconds. */
  writeTimeout: number
  /** @default 4_096 */
  maxUnacknowledgedMessages?: number
  /** Milliseconds. @default 60_000 */
  ackTimeout?: number
  clock: Clock
  /** The peer has acknowledged messages. */
  onAck?(ack: Ack): void
  /** The stream has failed while something was not acknowledged. */
  onFailure(error: Error): void
}

/** The stream by which messages leave, and those that the peer has not acknowledged yet. */
export class OutboundStream {
  readonly #frames: FrameStream
  readonly #unacknowledged: Unacknowledged
  readonly #maxUnacknowledged: number
  readonly #onAck: OutboundStreamInit['onAck']

  constructor(stream: Stream, init: OutboundStreamInit) {
    const { clock, maxMessageBytes: maxFrameBytes, writeTimeout: writeTimeoutMs } = init

    this.#onAck = init.onAck
    this.#maxUnacknowledged = init.maxUnacknowledgedMessages ?? MAX_UNACKNOWLEDGED_MESSAGES
    this.#unacknowledged = new Unacknowledged({
      clock,
      timeout: init.ackTimeout ?? MESSAGE_ACK_TIMEOUT_MS,
      onTimeout: (error) => init.onFailure(error)
    })
    this.#frames = new FrameStream(stream, {
      maxFrameBytes,
      maxReadFrameBytes: MAX_ACK_BYTES,
      onArrival: () => this.#onArrival(),
      writeTimeoutMs,
      clock
    })

    void this.#frames.closed.then((error) => {
      // one over which nobody waits for anything shows its end with the next message
      if (this.#unacknowledged.size > 0) {
        // a goodbye that came with the end is heard first: it says why
        clock.setTimeout(() => init.onFailure(error ?? unexpectedEnd()), 0)
      }
    })
  }

  /** Messages that were written and are not acknowledged. */
  get unacknowledged(): number {
    return this.#unacknowledged.size
  }

  /** How many messages may be written; resolves when there is one at least, or the stream is over. */
  async room(): Promise<number> {
    while (this.#unacknowledged.size >= this.#maxUnacknowledged) {
      await this.#unacknowledged.changed()
    }

    return this.#maxUnacknowledged - this.#unacknowledged.size
  }

  /** Writes messages at once, and resolves when more may follow; each is done when the peer has acknowledged it. */
  async write(entries: Entry[]): Promise<void> {
    entries.forEach(({ done }) => this.#unacknowledged.add(done))
    await this.#frames.sendAll(entries.map(({ bytes }) => bytes))
  }

  /**
   * Ends this side and waits for what is to be acknowledged.
   *
   * @throws when what was written could not all be sent: the reason
   */
  async close(options?: AbortOptions): Promise<void> {
    await this.#frames.close(options)

    while (this.#unacknowledged.size > 0) {
      await raceSignal(this.#unacknowledged.changed(), options?.signal)
    }
  }

  /** Ends the stream at once; what is not acknowledged is rejected. */
  abort(error: Error): void {
    this.#unacknowledged.reject(new UnacknowledgedError(undefined, { cause: error }))
    this.#frames.abort(error)
  }

  #onArrival(): void {
    for (let ack = this.#frames.take(); ack != null; ack = this.#frames.take()) {
      const acknowledged = decodeAck(ack)

      this.#unacknowledged.acknowledge(acknowledged.count)
      this.#onAck?.(acknowledged)
    }
  }
}

function unexpectedEnd(): Error {
  return new UnexpectedEndError('The stream ended before all messages were acknowledged')
}
