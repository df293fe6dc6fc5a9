import { AbortError } from '@libp2p/interface'
import { raceSignal } from 'race-signal'
import { systemClock } from '../../src/lib/clock.ts'
import { deadline } from '../../src/lib/deadline.ts'
import { FrameTimeoutError, isStall, isViolation, UnexpectedEndError } from '../errors.ts'
import { MessageTooLargeError } from '../message/index.ts'
import { MAX_MESSAGE_BYTES } from '../message/limits.ts'
import { FrameStream } from '../stream-io.ts'
import { answerOf, decodeAnswer, decodeDelivery, encodeAnswer, encodeDelivery } from './codec.ts'
import { ProxyProtocolError, ProxyTimeoutError } from './errors.ts'
import {
  DELIVERY_OVERHEAD_BYTES,
  MAX_PROXY_STREAMS,
  PROXY_CLOSE_TIMEOUT_MS,
  PROXY_PROTOCOL,
  PROXY_TIMEOUT_MS,
  TIME_TO_TAKE
} from './limits.ts'
import { toError } from '../../src/lib/to-error.ts'
import type { Budget } from '../budget.ts'
import type { Clock } from '../../src/lib/clock.ts'
import type { Deadline } from '../../src/lib/deadline.ts'
import type { Answer, Delivery, ReceivedDelivery } from './types.ts'
import type { ComponentLogger, Connection, Logger, PeerId, Startable, Stream } from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface ProxyProtocolComponents {
  registrar: Registrar
  logger: ComponentLogger
}

export interface ProxyProtocolInit {
  /** Whether the peer may ask; may wait for a link that is being made. Nothing is read before. */
  accept(connection: Connection): Promise<boolean>
  /** Whether there is room for one more request of the peer. What is returned gives the room back. */
  enter(peer: PeerId): (() => void) | undefined
  /**
   * Delivers. A `ViolationError` is one of
   * the peer; whatever else is thrown resets the stream.
   */
  onDelivery(connection: Connection, delivery: ReceivedDelivery): Promise<Answer>
  /** The peer broke the protocol; its stream has been reset. */
  onViolation(peer: PeerId, error: Error): void
  /** The peer did not go on where it had to; all streams with it have been reset, so that it is told once. */
  onStall?(peer: PeerId, error: Error): void
  /** Told of what has come and was not taken. */
  budget?: Budget
  clock?: Clock
  /** Bytes of an envelope. @default 1 MiB */
  maxEnvelopeBytes?: number
  /** Milliseconds for a delivery to arrive. @default 10_000 */
  timeout?: number
  /** Milliseconds for the end of a stream once its answer is there. @default 5_000 */
  closeTimeout?: number
  /** @default 16 */
  maxStreamsPerConnection?: number
}

/** The streams of `/nebula/proxy/1.0.0`: one `Delivery` there, one `Answer` back. */
export class ProxyProtocol implements Startable {
  readonly #components: ProxyProtocolComponents
  readonly #init: ProxyProtocolInit
  readonly #log: Logger
  readonly #clock: Clock
  readonly #maxDeliveryBytes: number
  /** All streams that are not over, of both directions. */
  readonly #streams = new Map<FrameStream, Connection>()
  /** Those over which an answer has been sent. */
  readonly #answered = new WeakSet<FrameStream>()
  #started = false

  constructor(components: ProxyProtocolComponents, init: ProxyProtocolInit) {
    this.#components = components
    this.#init = init
    this.#log = components.logger.forComponent('nebula:proxy')
    this.#clock = init.clock ?? systemClock
    this.#maxDeliveryBytes = (init.maxEnvelopeBytes ?? MAX_MESSAGE_BYTES) + DELIVERY_OVERHEAD_BYTES
  }

  async start(): Promise<void> {
    if (this.#started) {
      return
    }

    this.#started = true
    const maxStreams = this.#init.maxStreamsPerConnection ?? MAX_PROXY_STREAMS

    await this.#components.registrar.handle(
      PROXY_PROTOCOL,
      (stream, connection) => {
        void this.#serve(this.#track(stream, connection), connection)
      },
      { maxInboundStreams: maxStreams, maxOutboundStreams: maxStreams, runOnLimitedConnection: true }
    )
  }

  async stop(): Promise<void> {
    if (!this.#started) {
      return
    }

    this.#started = false
    await this.#components.registrar.unhandle(PROXY_PROTOCOL)
    this.#giveUp(() => true, 'The overlay was stopped')
  }

  /** Ends what passes over the connections with a peer that is no longer linked. */
  dismiss(peer: PeerId): void {
    this.#giveUp(({ remotePeer }) => remotePeer.equals(peer), 'The link was closed')
  }

  /**
   * Asks a peer to deliver. Whether an acknowledgement is the target's is for
   * the caller to say.
   *
   * @throws {MessageTooLargeError} when the delivery is larger than a frame may be; nothing was sent
   * @throws when there was no answer: the reason of the signal, or what the stream ended with
   */
  async ask(connection: Connection, delivery: Delivery, signal: AbortSignal): Promise<Answer> {
    const request = encodeDelivery(delivery)

    if (request.byteLength > this.#maxDeliveryBytes) {
      throw new MessageTooLargeError(request.byteLength, this.#maxDeliveryBytes)
    }

    const stream = await connection.newStream(PROXY_PROTOCOL, { signal, runOnLimitedConnection: true })
    const frames = this.#track(stream, connection)

    try {
      let sent = false

      // the answer may come before all is sent, when there is no room
      frames
        .send(request, { signal })
        .then(async () => {
          sent = true
          await frames.close({ signal })
        })
        .catch((err: Error) => frames.log('a delivery was not sent whole - %e', err))

      const answer = decodeAnswer(await readFrame(frames, signal))

      if (sent) {
        void this.#end(frames, connection)
      } else {
        frames.abort(new AbortError('There was an answer before all was sent'))
      }

      return answer
    } catch (err) {
      this.#fail(frames, connection, err)
      throw err
    }
  }

  async #serve(frames: FrameStream, connection: Connection): Promise<void> {
    let leave: (() => void) | undefined

    try {
      if (!(await this.#init.accept(connection))) {
        throw new AbortError('There is no link')
      }

      leave = this.#init.enter(connection.remotePeer)

      const answer = leave == null ? answerOf('BUSY') : await this.#deliver(frames, connection)

      this.#answered.add(frames)
      await frames.send(encodeAnswer(answer))
      await frames.close()
      await this.#end(frames, connection, leave == null ? 1 : 0)
    } catch (err) {
      this.#fail(frames, connection, err)
    } finally {
      leave?.()
    }
  }

  async #deliver(frames: FrameStream, connection: Connection): Promise<Answer> {
    const arrival = deadline(this.#clock, this.#init.timeout ?? PROXY_TIMEOUT_MS)
    const bytes = await readFrame(frames, arrival.signal)
      .catch((err) => {
        throw inTime(arrival, 'A delivery was not there in time', err)
      })
      .finally(() => arrival.clear())
    const abandoned = new AbortController()

    void frames.closed.then(() => abandoned.abort(new AbortError('The asker has given up')))

    const delivery = { ...decodeDelivery(bytes), byteLength: bytes.byteLength, signal: abandoned.signal }
    const answer = await this.#init.onDelivery(connection, delivery)

    abandoned.signal.throwIfAborted()

    return answer
  }

  /** Waits for the peer to end its side, on which there is nothing more but the frames left unread. */
  async #end(frames: FrameStream, connection: Connection, unread = 0): Promise<void> {
    const end = deadline(this.#clock, this.#init.closeTimeout ?? PROXY_CLOSE_TIMEOUT_MS)

    try {
      // at the end `read` goes on giving null
      for (let i = 0; i <= unread; i++) {
        if ((await frames.read({ signal: end.signal })) != null && i === unread) {
          throw new ProxyProtocolError('A stream has one frame each way')
        }
      }

      await raceSignal(frames.closed, end.signal)
    } catch (err) {
      this.#fail(frames, connection, inTime(end, 'A stream was not ended in time after its answer', err))
    } finally {
      end.clear()
    }
  }

  #fail(frames: FrameStream, { remotePeer }: Connection, err: unknown): void {
    const error = toError(err)

    this.#log('stream with %p ended - %e', remotePeer, error)
    frames.abort(error)

    // what else passes over a connection that stands still stands still with it; the link has streams of its own
    if (isStall(error) || error instanceof FrameTimeoutError) {
      this.#giveUp((connection) => connection.remotePeer.equals(remotePeer), 'The peer has stalled')
      this.#init.onStall?.(remotePeer, error)
    } else if (isViolation(error)) {
      this.#init.onViolation(remotePeer, error)
    }
  }

  #track(stream: Stream, connection: Connection): FrameStream {
    const frames = new FrameStream(stream, {
      maxFrameBytes: this.#maxDeliveryBytes,
      // one frame is all that comes
      maxReadQueueBytes: 0,
      writeTimeoutMs: (this.#init.timeout ?? PROXY_TIMEOUT_MS) * TIME_TO_TAKE,
      budget: this.#init.budget,
      clock: this.#clock
    })

    this.#streams.set(frames, connection)
    void frames.closed.then(() => this.#streams.delete(frames))

    return frames
  }

  /** A stream over which an answer is sent ends by itself, in time: a reset may overtake the answer. */
  #giveUp(which: (connection: Connection) => boolean, why: string): void {
    for (const [frames, connection] of this.#streams) {
      if (which(connection) && !this.#answered.has(frames)) {
        frames.abort(new AbortError(why))
      }
    }
  }
}

/** What was waited for failed with, or that it took too long, which is the peer's doing. */
function inTime({ signal }: Pick<Deadline, 'signal'>, what: string, cause: unknown): unknown {
  return signal.aborted ? new ProxyTimeoutError(what, { cause }) : cause
}

async function readFrame(frames: FrameStream, signal: AbortSignal): Promise<Uint8ArrayList> {
  const bytes = await frames.read({ signal })

  if (bytes == null) {
    throw new UnexpectedEndError('The stream ended without a frame')
  }

  return bytes
}
