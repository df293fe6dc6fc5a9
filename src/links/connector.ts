import { AbortError, setMaxListeners } from '@libp2p/interface'
import { PeerQueue } from '@libp2p/utils'
import { isMultiaddr } from '@multiformats/multiaddr'
import { anySignal } from 'any-signal'
import { HandshakeError, HandshakeTimeoutError } from '../../protocols/handshake/index.ts'
import { HANDSHAKE_STEP_TIMEOUT_MS } from '../../protocols/handshake/limits.ts'
import { peerOf } from '../peer-of.ts'
import { ATTEMPT_DELAY_MS, DIAL_TIMEOUT_MS, MAX_ATTEMPTS } from './constants.ts'
import { dialError } from './errors.ts'
import { describeReason } from './handshake-policy.ts'
import type { AttemptResult, Pair } from './pair.ts'
import type { Clock } from '../../protocols/clock.ts'
import type { Handshake, Priority, Reason } from '../../protocols/handshake/index.ts'
import type { ConnectOptions } from '../interface.ts'
import type { AbortOptions, ComponentLogger, Connection, Logger, PeerId } from '@libp2p/interface'
import type { ConnectionManager } from '@libp2p/interface-internal'
import type { Multiaddr } from '@multiformats/multiaddr'

export interface ConnectorComponents {
  connectionManager: ConnectionManager
  logger: ComponentLogger
}

export interface ConnectorInit {
  clock: Clock
  handshake: Handshake
  /** The state shared with the peer, made when there is none. */
  pair(peer: PeerId): Pair
  /** To be told when a pair got from `pair` is no longer needed. */
  release(pair: Pair): void
  linked(peer: PeerId): boolean
  nextAttempt(): bigint
  refuse(peer: PeerId): Reason | undefined
  dialTimeout?: number
  handshakeTimeout?: number
  maxAttempts?: number
  attemptDelay?: number
}

interface AttemptOptions extends ConnectOptions {
  peerId: PeerId
}

/** Reaches a peer and runs attempts until there is a link or a reason why not; one at a time for each peer. */
export class Connector {
  readonly #connectionManager: ConnectionManager
  readonly #init: ConnectorInit
  readonly #log: Logger
  readonly #dialTimeout: number
  readonly #stepTimeout: number
  readonly #maxAttempts: number
  readonly #attemptDelay: number
  readonly #attempts = new PeerQueue<void, AttemptOptions>()
  readonly #dialled = new Set<Connection>()

  constructor(components: ConnectorComponents, init: ConnectorInit) {
    this.#connectionManager = components.connectionManager
    this.#init = init
    this.#log = components.logger.forComponent('nebula:links:connector')
    this.#dialTimeout = init.dialTimeout ?? DIAL_TIMEOUT_MS
    this.#stepTimeout = init.handshakeTimeout ?? HANDSHAKE_STEP_TIMEOUT_MS
    this.#maxAttempts = init.maxAttempts ?? MAX_ATTEMPTS
    this.#attemptDelay = init.attemptDelay ?? ATTEMPT_DELAY_MS
  }

  /** The open connections that were dialled to make a link. */
  dialled(): Connection[] {
    return [...this.#dialled]
  }

  /**
   * @returns the peer, to which there is a link now
   * @throws {HandshakeError} when the peer, or a rule of this node, refuses
   * @throws {DialError} when the peer cannot be reached
   * @throws {UnsupportedProtocolError} when the peer is no node of the overlay
   */
  async connect(target: PeerId | Multiaddr | Multiaddr[], options: ConnectOptions = {}): Promise<PeerId> {
    const named = peerOfTarget(target)

    if (named != null && this.#ready(named)) {
      return named
    }

    const connection = await this.#dial(target, options)
    const peer = connection.remotePeer

    if (!this.#ready(peer)) {
      const underWay = this.#attempts.find(peer)

      await (underWay?.join(options) ??
        this.#attempts.add(async (job) => this.#attempt(peer, connection, job), { ...options, peerId: peer }))
    }

    return peer
  }

  /** Gives up all attempts. */
  stop(): void {
    this.#attempts.abort()
  }

  /** Whether there is a link already; throws when there must not be one. */
  #ready(peer: PeerId): boolean {
    if (this.#init.linked(peer)) {
      return true
    }

    const refusal = this.#init.refuse(peer)

    if (refusal != null) {
      throw new HandshakeError(refusal, `No link with ${peer}: ${describeReason(refusal)}`)
    }

    return false
  }

  async #dial(target: PeerId | Multiaddr | Multiaddr[], options: AbortOptions): Promise<Connection> {
    const before = new Set(this.#connectionManager.getConnections())
    const signal = anySignal([options.signal, AbortSignal.timeout(this.#dialTimeout)])
    setMaxListeners(Infinity, signal)

    try {
      const connection = await this.#connectionManager.openConnection(target, { signal })

      if (connection.direction === 'outbound' && !before.has(connection) && !this.#dialled.has(connection)) {
        this.#dialled.add(connection)
        connection.addEventListener('close', () => this.#dialled.delete(connection), { once: true })
      }

      return connection
    } catch (err) {
      throw dialError(err)
    } finally {
      signal.clear()
    }
  }

  async #attempt(peer: PeerId, connection: Connection, options: AttemptOptions): Promise<void> {
    const { direct = true, priority = 'medium' } = options
    let pending = false

    for (let count = 1; count <= this.#maxAttempts; count++) {
      if (this.#ready(peer)) {
        return
      }

      if (connection.status !== 'open') {
        connection = await this.#dial(peer, options)
      }

      const outcome = await this.#once(peer, connection, { ...options, direct, priority })

      switch (outcome.result) {
        case 'linked':
          return
        case 'refused':
          throw new HandshakeError(
            outcome.reason,
            `${peer} refused the link: ${describeReason(outcome.reason)}`
          )
        case 'failed':
          // over a connection that has just died another attempt is worth it
          if (count === this.#maxAttempts || connection.status === 'open') {
            throw outcome.error ?? new HandshakeError('UNSPECIFIED', `${peer} ended the handshake`)
          }
          break
        case 'pending':
        case 'stale':
          pending = outcome.result === 'pending'
          this.#log('attempt %d with %p is %s', count, peer, outcome.result)
          await this.#delay(this.#attemptDelay * count)
          break
      }
    }

    if (!this.#ready(peer)) {
      throw pending
        ? new HandshakeError('UNSPECIFIED', `The attempt of ${peer} went first and made no link`, {
            status: 'PENDING'
          })
        : new HandshakeTimeoutError(`No link with ${peer} after ${this.#maxAttempts} attempts`)
    }
  }

  async #once(
    peer: PeerId,
    connection: Connection,
    options: AbortOptions & { direct: boolean; priority: Priority }
  ): Promise<AttemptResult> {
    const stream = await this.#init.handshake.open(connection, options)
    const pair = this.#init.pair(peer)

    // the peer's own attempt may have made the link while the stream was opened
    if (!pair.empty) {
      stream.abort(new HandshakeError('SUPERSEDED', 'The link is there already'))

      return { result: 'pending' }
    }

    const giveUp = (): void => stream.abort(new AbortError('The attempt was given up'))

    options.signal?.addEventListener('abort', giveUp, { once: true })

    try {
      return await pair.dial(stream, this.#init.nextAttempt(), options.direct, options.priority)
    } finally {
      options.signal?.removeEventListener('abort', giveUp)
      this.#init.release(pair)
    }
  }

  async #delay(ms: number): Promise<void> {
    await new Promise<void>((resolve) =>
      this.#init.clock.setTimeout(resolve, Math.min(ms, this.#stepTimeout))
    )
  }
}

function peerOfTarget(target: PeerId | Multiaddr | Multiaddr[]): PeerId | undefined {
  if (!isMultiaddr(target) && !Array.isArray(target)) {
    return target
  }

  const addr = Array.isArray(target) ? target[0] : target

  return addr == null ? undefined : peerOf(addr)
}
