import { raceSignal } from 'race-signal'
import { UnexpectedEndError } from '../errors.ts'
import { FrameStream } from '../stream-io.ts'
import { decodeAck } from './codec.ts'
import { UnacknowledgedError } from './errors.ts'
import {
  GOODBYE_GRACE_MS,
  MAX_ACK_BYTES,
  MAX_UNACKNOWLEDGED_MESSAGES,
  MESSAGE_ACK_TIMEOUT_MS
} from './limits.ts'
import { Unacknowledged } from './unacknowledged.ts'
import type { Clock, Timer } from '../../src/lib/clock.ts'
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

/** With these the peer has ended the stream, or the connection is lost. */
const PEERS_DOING = new Set(['StreamResetError', 'UnexpectedEndError'])

/** The stream by which messages leave, and those that the peer has not acknowledged yet. */
export class OutboundStream {
  readonly #frames: FrameStream
  readonly #unacknowledged: Unacknowledged
  readonly #maxUnacknowledged: number
  readonly #onAck: OutboundStreamInit['onAck']
  readonly #clock: Clock
  readonly #onFailure: (error: Error) => void
  #closing = false
  /** Why nothing more is acknowledged. */
  #ended?: Error
  #grace?: Timer

  constructor(stream: Stream, init: OutboundStreamInit) {
    const { clock, maxMessageBytes: maxFrameBytes, writeTimeout: writeTimeoutMs } = init

    this.#onAck = init.onAck
    this.#clock = clock
    this.#onFailure = (error) => init.onFailure(error)
    this.#maxUnacknowledged = init.maxUnacknowledgedMessages ?? MAX_UNACKNOWLEDGED_MESSAGES
    this.#unacknowledged = new Unacknowledged({
      clock,
      timeout: init.ackTimeout ?? MESSAGE_ACK_TIMEOUT_MS,
      onTimeout: this.#onFailure
    })
    this.#frames = new FrameStream(stream, {
      maxFrameBytes,
      maxReadFrameBytes: MAX_ACK_BYTES,
      onArrival: () => this.#onArrival(),
      onEnd: () => this.#onEnd(unexpectedEnd()),
      writeTimeoutMs,
      clock
    })

    void this.#frames.closed.then((error) => this.#onEnd(error ?? unexpectedEnd()))
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

    if (this.#ended != null) {
      throw this.#ended
    }

    await this.#frames.sendAll(entries.map(({ bytes }) => bytes))
  }

  /**
   * Ends this side and waits for what is to be acknowledged, until the peer has
   * ended its own.
   *
   * @throws when what was written could not all be sent: the reason
   */
  async close(options?: AbortOptions): Promise<void> {
    this.#closing = true
    this.#settleEnded()
    await this.#frames.close(options)

    while (this.#unacknowledged.size > 0) {
      await raceSignal(this.#unacknowledged.changed(), options?.signal)
    }
  }

  /** Ends the stream at once; what is not acknowledged is rejected. */
  abort(error: Error): void {
    this.#grace?.clear()
    this.#unacknowledged.reject(new UnacknowledgedError(undefined, { cause: error }))
    this.#frames.abort(error)
  }

  #onEnd(error: Error): void {
    this.#ended ??= error
    this.#settleEnded()
  }

  /** What was not acknowledged before the end never will be. */
  #settleEnded(): void {
    // without such a message the end shows with the next one
    if (this.#ended == null || this.#unacknowledged.size === 0) {
      return
    }

    const error = this.#ended

    if (this.#closing) {
      this.abort(error)
    } else {
      // what this end does by itself has nothing to wait for
      const grace = PEERS_DOING.has(error.name) ? GOODBYE_GRACE_MS : 0

      this.#grace ??= this.#clock.setTimeout(() => this.#onFailure(error), grace)
    }
  }

  #onArrival(): void {
    for (let ack = this.#frames.take(); ack != null; ack = this.#frames.take()) {
      const acknowledged = decodeAck(ack)

      this.#unacknowledged.acknowledge(acknowledged.count, acknowledged.beyond)
      this.#onAck?.(acknowledged)
    }
  }
}

function unexpectedEnd(): Error {
  return new UnexpectedEndError('The stream ended before all messages were acknowledged')
}
