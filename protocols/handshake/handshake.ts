import { AbortError, setMaxListeners } from '@libp2p/interface'
import { PeerMap } from '@libp2p/peer-collections'
import { isStall } from '../errors.ts'
import { HandshakeProtocolError, HandshakeTimeoutError } from './errors.ts'
import { HandshakeStream } from './handshake-stream.ts'
import {
  HANDSHAKE_PROTOCOL,
  HANDSHAKE_STEP_TIMEOUT_MS,
  MAX_HANDSHAKE_FRAME_BYTES,
  MAX_HANDSHAKE_STREAMS,
  MAX_PENDING_INBOUND
} from './limits.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { deadline } from '../../src/lib/deadline.ts'
import type { Hello } from './types.ts'
import type { Clock } from '../../src/lib/clock.ts'
import type {
  AbortOptions,
  ComponentLogger,
  Connection,
  Logger,
  PeerId,
  Startable,
  Stream
} from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'

export interface HandshakeComponents {
  registrar: Registrar
  logger: ComponentLogger
}

export interface HandshakeInit {
  /**
   * A peer asks for a link. The stream must be given a listener (`redirect`)
   * before this returns, or before what it returns resolves.
   */
  onHello(stream: HandshakeStream, hello: Hello): void | Promise<void>
  /** A peer broke the protocol before it said hello. */
  onViolation(peer: PeerId, error: Error): void
  /** A peer opened a stream and said no hello in time, or took the place of others while it did not. */
  onStall?(peer: PeerId, error: Error): void
  clock?: Clock
  /** @default 5_000 */
  stepTimeoutMs?: number
  /** @default 64 */
  maxPendingInbound?: number
  /** @default 8 */
  maxStreamsPerConnection?: number
}

/** The streams of `/nebula/handshake/1.0.0`: opened, accepted within bounds, and all ended by `stop()`. */
export class Handshake implements Startable {
  readonly #components: HandshakeComponents
  readonly #init: HandshakeInit
  readonly #log: Logger
  readonly #clock: Clock
  readonly #stepTimeoutMs: number
  readonly #maxPendingInbound: number
  readonly #maxStreamsPerConnection: number
  /** Inbound attempts that have not said hello. */
  readonly #pending = new Set<HandshakeStream>()
  readonly #streams = new Set<HandshakeStream>()
  #count = 0
  #shutdown?: AbortController

  constructor(components: HandshakeComponents, init: HandshakeInit) {
    this.#components = components
    this.#init = init
    this.#log = components.logger.forComponent('nebula:handshake')
    this.#clock = init.clock ?? systemClock
    this.#stepTimeoutMs = init.stepTimeoutMs ?? HANDSHAKE_STEP_TIMEOUT_MS
    this.#maxPendingInbound = init.maxPendingInbound ?? MAX_PENDING_INBOUND
    this.#maxStreamsPerConnection = init.maxStreamsPerConnection ?? MAX_HANDSHAKE_STREAMS
  }

  async start(): Promise<void> {
    if (this.#shutdown != null) {
      return
    }

    this.#shutdown = new AbortController()
    setMaxListeners(Infinity, this.#shutdown.signal)
    await this.#components.registrar.handle(
      HANDSHAKE_PROTOCOL,
      (stream, connection) => this.#accept(stream, connection),
      {
        maxInboundStreams: this.#maxStreamsPerConnection,
        maxOutboundStreams: this.#maxStreamsPerConnection,
        runOnLimitedConnection: true
      }
    )
  }

  async stop(): Promise<void> {
    if (this.#shutdown == null) {
      return
    }

    this.#shutdown.abort(new AbortError('The overlay was stopped'))
    this.#shutdown = undefined
    await this.#components.registrar.unhandle(HANDSHAKE_PROTOCOL)

    for (const stream of this.#streams) {
      stream.clearDeadline()
      stream.abort(new AbortError('The overlay was stopped'))
    }
  }

  /** Inbound attempts that have not said hello. */
  get pending(): number {
    return this.#pending.size
  }

  /**
   * Opens the stream of an attempt.
   *
   * @throws {UnsupportedProtocolError} when the peer does not speak the protocol
   * @throws {HandshakeTimeoutError} when it does not say in time whether it does
   */
  async open(connection: Connection, options: AbortOptions = {}): Promise<HandshakeStream> {
    const limit = deadline(this.#clock, this.#stepTimeoutMs, options.signal, this.#shutdown?.signal)

    try {
      const stream = await connection.newStream(HANDSHAKE_PROTOCOL, {
        signal: limit.signal,
        runOnLimitedConnection: true
      })

      return this.#track(stream, connection)
    } catch (err) {
      throw limit.expired
        ? new HandshakeTimeoutError(
            `${connection.remotePeer} opened no stream within ${this.#stepTimeoutMs} ms`
          )
        : err
    } finally {
      limit.clear()
    }
  }

  #accept(stream: Stream, connection: Connection): void {
    if (this.#pending.size >= this.#maxPendingInbound) {
      this.#giveUpOne()
    }

    const handshake = this.#track(stream, connection)
    const done = (): void => {
      handshake.clearDeadline()
      this.#pending.delete(handshake)
    }

    this.#pending.add(handshake)
    handshake.setDeadline('The Hello')
    handshake.listen({
      onFrame: (frame) => {
        done()

        if (frame.type !== 'hello') {
          const error = new HandshakeProtocolError(`Expected a Hello, got ${frame.type}`)
          this.#init.onViolation(connection.remotePeer, error)
          handshake.redirect(silent)
          handshake.abort(error)

          return undefined
        }

        return this.#init.onHello(handshake, frame)
      },
      onViolation: (error) => {
        done()
        this.#init.onViolation(connection.remotePeer, error)
      },
      onEnded: (error) => {
        done()

        if (isStall(error)) {
          this.#init.onStall?.(connection.remotePeer, error)
        }
      }
    })
  }

  /**
   * Of the attempts that have not said hello, gives up the oldest of the peer
   * with the most. A peer that means it says hello at once, so that those who
   * only hold streams are in each other's way, and in nobody else's.
   */
  #giveUpOne(): void {
    const byPeer = new PeerMap<HandshakeStream[]>()

    for (const attempt of this.#pending) {
      byPeer.set(attempt.peer, [...(byPeer.get(attempt.peer) ?? []), attempt])
    }

    const [most] = [...byPeer.values()].sort((a, b) => b.length - a.length)
    const attempt = most?.[0]

    if (attempt != null) {
      this.#log('give up an attempt of %p, %d attempts wait', attempt.peer, this.#pending.size)
      this.#pending.delete(attempt)
      attempt.abort(new HandshakeTimeoutError('Too many attempts wait for their Hello'))
    }
  }

  #track(stream: Stream, connection: Connection): HandshakeStream {
    const handshake = new HandshakeStream(stream, connection, {
      id: `${++this.#count}`,
      clock: this.#clock,
      maxFrameBytes: MAX_HANDSHAKE_FRAME_BYTES,
      stepTimeoutMs: this.#stepTimeoutMs
    })

    this.#streams.add(handshake)
    void handshake.closed.then(() => this.#streams.delete(handshake))

    return handshake
  }
}

/** Listens to a stream that no longer matters. */
const silent = { onFrame: () => {}, onViolation: () => {}, onEnded: () => {} }
