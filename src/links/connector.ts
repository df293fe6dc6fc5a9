import { AbortError, setMaxListeners } from '@libp2p/interface'
import { PeerQueue } from '@libp2p/utils'
import { isMultiaddr } from '@multiformats/multiaddr'
import { anySignal } from 'any-signal'
import { HandshakeError } from '../../protocols/handshake/index.ts'
import { raceSignal } from 'race-signal'
import { peerOf } from '../lib/net/index.ts'
import { toError } from '../lib/to-error.ts'
import { ATTEMPT_DELAY_MS, MAX_ATTEMPTS, MAX_DENIED } from './constants.ts'
import { attemptError, ConnectionDeniedError } from './errors.ts'
import { describeReason } from './handshake-policy.ts'
import type { Dialler } from './dialler.ts'
import type { AttemptOutcome } from './errors.ts'
import type { Pair } from './pair.ts'
import type { Handshake, HandshakeStream, Reason } from '../../protocols/handshake/index.ts'
import type { ConnectOptions } from '../interface.ts'
import type { ComponentLogger, Connection, Logger, PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

export interface ConnectorComponents {
  dialler: Dialler
  handshake: Pick<Handshake, 'open'>
  logger: ComponentLogger
}

export interface ConnectorInit {
  /** The state shared with the peer, made when there is none. */
  pair(peer: PeerId): Pair
  /** To be told when a pair got from `pair` is no longer needed. */
  release(pair: Pair): void
  linked(peer: PeerId): boolean
  /** Resolves when there is a link with the peer, or after `timeout` milliseconds. */
  untilLinked(peer: PeerId, timeout: number, signal?: AbortSignal): Promise<unknown>
  nextAttempt(): bigint
  /** As of the last `askEngine`. */
  refuse(peer: PeerId): Reason | undefined
  askEngine?(): Promise<void> | undefined
  /** @default 5 */
  maxAttempts?: number
  /** Milliseconds. @default 200 */
  attemptDelay?: number
}

/** One call of `connect`; `peer` is known once the target or the connection has told it. */
interface Call {
  peer?: PeerId
  controller: AbortController
}

interface AttemptOptions extends ConnectOptions {
  peerId: PeerId
}

/** Reaches a peer and runs attempts until there is a link or a reason why not; one at a time for each peer. */
export class Connector {
  readonly #components: ConnectorComponents
  readonly #init: ConnectorInit
  readonly #log: Logger
  readonly #maxAttempts: number
  readonly #attemptDelay: number
  readonly #calls = new Set<Call>()
  readonly #attempts = new PeerQueue<void, AttemptOptions>()

  constructor(components: ConnectorComponents, init: ConnectorInit) {
    this.#components = components
    this.#init = init
    this.#log = components.logger.forComponent('nebula:links:connector')
    this.#maxAttempts = init.maxAttempts ?? MAX_ATTEMPTS
    this.#attemptDelay = init.attemptDelay ?? ATTEMPT_DELAY_MS
  }

  /**
   * @returns the peer, to which there is a link now
   * @throws {HandshakeError} when the peer, or a rule of this node, refuses
   * @throws {DialError} when the peer cannot be reached
   * @throws {ConnectionDeniedError} when it closes every connection at once
   * @throws {UnsupportedProtocolError} when the peer is no node of the overlay
   * @throws {AbortError} when `cancel` or `stop` is called meanwhile
   */
  async connect(target: PeerId | Multiaddr | Multiaddr[], options: ConnectOptions = {}): Promise<PeerId> {
    const call: Call = { peer: peerOfTarget(target), controller: new AbortController() }
    const signal = anySignal([options.signal, call.controller.signal])

    setMaxListeners(Infinity, signal)
    this.#calls.add(call)

    try {
      return await this.#connect(target, call, { ...options, signal })
    } finally {
      this.#calls.delete(call)
      signal.clear()
    }
  }

  /** Gives up what is under way to link with the peer. */
  cancel(peer: PeerId, error: Error): void {
    for (const call of this.#calls) {
      if (call.peer?.equals(peer) === true) {
        call.controller.abort(error)
      }
    }
  }

  /** Gives up everything that is under way. */
  stop(): void {
    for (const call of this.#calls) {
      call.controller.abort(new AbortError('The overlay was stopped'))
    }
  }

  async #connect(
    target: PeerId | Multiaddr | Multiaddr[],
    call: Call,
    options: ConnectOptions
  ): Promise<PeerId> {
    if (call.peer != null) {
      if (!this.#init.linked(call.peer)) {
        await raceSignal(this.#init.askEngine?.(), options.signal)
      }

      if (this.#ready(call.peer)) {
        return call.peer
      }
    }

    const connection = await this.#components.dialler.dial(target, options)
    const peer = connection.remotePeer

    call.peer = peer

    if (!this.#init.linked(peer)) {
      await raceSignal(this.#init.askEngine?.(), options.signal)
    }

    if (!this.#ready(peer)) {
      await (this.#attempts.find(peer)?.join(options) ??
        this.#attempts.add(async (job) => this.#attempt(peer, connection, job), { ...options, peerId: peer }))
    }

    return peer
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

  async #attempt(peer: PeerId, connection: Connection, options: AttemptOptions): Promise<void> {
    let outcome: AttemptOutcome | undefined
    /** Attempts in a row whose connection the peer closed before they began. */
    let denied = 0

    for (let count = 1; count <= this.#maxAttempts; count++) {
      if (this.#ready(peer)) {
        return
      }

      if (connection.status !== 'open') {
        connection = await this.#components.dialler.dial(peer, options)
      }

      outcome = await this.#once(peer, connection, options)

      if (outcome.result === 'linked') {
        return
      }

      if (outcome.result === 'refused') {
        throw new HandshakeError(
          outcome.reason,
          `${peer} refused the link: ${describeReason(outcome.reason)}`
        )
      }

      // a peer that broke the protocol is shut out by now, which is not why there is no link
      if ('error' in outcome && outcome.error?.name === 'HandshakeProtocolError') {
        throw outcome.error
      }

      // over a connection that has just died another attempt is worth it
      if (outcome.result === 'failed' && connection.status === 'open') {
        break
      }

      denied = outcome.result === 'disconnected' ? denied + 1 : 0

      // one that it had no use for it may close at any time, and not the next one, too
      if (denied === MAX_DENIED && !this.#ready(peer)) {
        throw new ConnectionDeniedError(`${peer}`, outcome.error)
      }

      this.#log('attempt %d with %p is %s', count, peer, outcome.result)
      await this.#init.untilLinked(peer, this.#attemptDelay * count, options.signal)
    }

    if (!this.#ready(peer)) {
      throw attemptError(peer, outcome)
    }
  }

  async #once(peer: PeerId, connection: Connection, options: ConnectOptions): Promise<AttemptOutcome> {
    const { direct = true, priority = 'medium', signal } = options
    let stream: HandshakeStream

    try {
      stream = await this.#components.handshake.open(connection, options)
    } catch (err) {
      // where the stream closes while it is being opened, libp2p throws the event
      const error = toError(err)

      // the peer closes a connection that it has no use for, and may do so just now
      if (connection.status !== 'open' || error.name === 'ConnectionClosedError') {
        return { result: 'disconnected', error }
      }

      throw error
    }

    const pair = this.#init.pair(peer)
    const giveUp = (): void => stream.abort(new AbortError('The attempt was given up'))

    try {
      await raceSignal(this.#init.askEngine?.(), signal)
      // meanwhile the peer's own attempt may have made the link, or other peers have taken the room
      signal?.throwIfAborted()

      if (this.#ready(peer) || !pair.empty) {
        giveUp()

        return { result: 'pending' }
      }

      signal?.addEventListener('abort', giveUp, { once: true })

      return await pair.dial(stream, this.#init.nextAttempt(), direct, priority)
    } catch (err) {
      giveUp()
      throw err
    } finally {
      signal?.removeEventListener('abort', giveUp)
      this.#init.release(pair)
    }
  }
}

function peerOfTarget(target: PeerId | Multiaddr | Multiaddr[]): PeerId | undefined {
  if (!isMultiaddr(target) && !Array.isArray(target)) {
    return target
  }

  const addr = Array.isArray(target) ? target[0] : target

  return addr == null ? undefined : peerOf(addr)
}
