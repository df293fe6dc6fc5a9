import { AbortError, NotStartedError } from '@libp2p/interface'
import { TypedEventEmitter } from 'main-event'
import { raceSignal } from 'race-signal'
import { Handshake, HandshakeError } from '../../protocols/handshake/index.ts'
import { HANDSHAKE_STEP_TIMEOUT_MS } from '../../protocols/handshake/limits.ts'
import { systemClock } from '../lib/clock.ts'
import { GrowingNumbers } from '../lib/growing-numbers.ts'
import { atMost, onEvents, waitFor } from '../lib/wait-for.ts'
import { Acceptor } from './acceptor.ts'
import { Admission } from './admission.ts'
import { awaitLink } from './await-link.ts'
import { goodbyeFor } from './close-reasons.ts'
import { Connector } from './connector.ts'
import { GOODBYE_TIMEOUT_MS, MAX_LINKS } from './constants.ts'
import { Dialler } from './dialler.ts'
import { NotLinkedError } from './errors.ts'
import { describeReason } from './handshake-policy.ts'
import { LinkKeeper } from './link-keeper.ts'
import { PairTable } from './pair-table.ts'
import type { Clock } from '../lib/clock.ts'
import type { ClosedLink } from './link-keeper.ts'
import type { LinkTable } from './link-table.ts'
import type { Link } from './link.ts'
import type { LinkManagerComponents, LinkManagerEvents, LinkManagerInit, LinkOptions } from './types.ts'
import type { LinkCloseReason } from '../interface.ts'
import type { AbortOptions, Connection, Logger, PeerId, Startable } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

/**
 * Makes, changes and ends links, and keeps their table. One `Pair` a peer runs
 * the handshake's state machine; this class gives it its policy.
 */
export class LinkManager extends TypedEventEmitter<LinkManagerEvents> implements Startable {
  readonly #log: Logger
  readonly #clock: Clock
  readonly #handshakeTimeout: number
  readonly #goodbyeTimeout: number
  readonly #handshake: Handshake
  readonly #dialler: Dialler
  readonly #connector: Connector
  readonly #pairs: PairTable
  readonly #keeper: LinkKeeper
  readonly #admission: Admission
  readonly #numbers: GrowingNumbers
  readonly #askEngine: LinkManagerInit['askEngine']
  #started = false

  constructor(components: LinkManagerComponents, init: LinkManagerInit) {
    super()
    this.#log = components.logger.forComponent('nebula:links')
    this.#clock = init.clock ?? systemClock
    this.#handshakeTimeout = init.handshakeTimeout ?? HANDSHAKE_STEP_TIMEOUT_MS
    this.#goodbyeTimeout = init.goodbyeTimeout ?? GOODBYE_TIMEOUT_MS
    this.#askEngine = init.askEngine?.bind(init)
    this.#keeper = new LinkKeeper({
      ...init,
      self: components.peerId,
      refuseChange: (direct) => this.#admission.refuseChange(direct),
      onOpen: (link) => this.#onOpen(link),
      onClose: (closed) => this.#onClose(closed),
      onDirect: (link) => {
        this.safeDispatchEvent('direct', { detail: link })
      },
      release: (pair) => this.#pairs.release(pair)
    })
    this.#pairs = new PairTable(components.peerId, this.#keeper)
    this.#admission = new Admission({
      ...init,
      self: components.peerId,
      maxLinks: init.maxLinks ?? MAX_LINKS,
      others: (peer) => this.#pairs.others(peer)
    })

    this.#numbers = new GrowingNumbers(components, { name: 'attempt', clock: this.#clock })

    const acceptor = new Acceptor(
      { admission: this.#admission, pairs: this.#pairs, numbers: this.#numbers },
      init
    )

    this.#handshake = new Handshake(components, {
      onHello: (stream, hello) => acceptor.hello(stream, hello),
      onViolation: (peer, error) => init.onViolation(peer, error),
      onStall: (peer, error) => init.onStall?.(peer, error),
      clock: this.#clock,
      stepTimeoutMs: this.#handshakeTimeout,
      maxPendingInbound: init.maxPendingInbound,
      maxStreamsPerConnection: init.maxStreamsPerConnection
    })
    this.#dialler = new Dialler(components, init)
    this.#connector = new Connector(
      { dialler: this.#dialler, handshake: this.#handshake, logger: components.logger },
      {
        ...init,
        pair: (peer) => this.#pairs.obtain(peer),
        release: (pair) => this.#pairs.release(pair),
        linked: (peer) => this.links.has(peer),
        untilLinked: async (peer, timeout, signal) =>
          waitFor(() => this.links.has(peer), {
            clock: this.#clock,
            timeout,
            signal,
            on: [onEvents(this, 'open')]
          }),
        nextAttempt: () => this.#numbers.take(),
        refuse: (peer) => this.#admission.refuseConnect(peer)
      }
    )
  }

  /** The links that are open. */
  get links(): LinkTable {
    return this.#keeper.links
  }

  async start(): Promise<void> {
    this.#started = true
    this.#admission.stopping = false
    await this.#numbers.load()
    await this.#handshake.start()
  }

  /** Says goodbye to every peer and waits a bounded time for the answers; to be called while connections still work. */
  async leave(): Promise<void> {
    this.#admission.stopping = true
    this.#connector.stop()
    await Promise.all([...this.links].map(async ({ peer }) => this.close(peer, { reason: 'shutting-down' })))
  }

  async stop(): Promise<void> {
    this.#started = false
    this.#admission.stopping = true
    this.#connector.stop()

    await Promise.all(
      Array.from(this.#pairs, async ({ peer }) =>
        this.close(peer, { reason: 'shutting-down', mutual: false })
      )
    )
    await this.#handshake.stop()
    await this.#numbers.flush()
  }

  /** Whether an attempt of this node with the peer is under way. */
  attempting(peer: PeerId): boolean {
    return this.#pairs.get(peer)?.attempting === true
  }

  /** Whether there is a link with the peer, once an attempt of this node that is under way has ended; `false` when the signal is aborted. */
  async awaitLink(peer: PeerId, signal: AbortSignal): Promise<boolean> {
    return awaitLink(this, peer, { clock: this.#clock, timeout: this.#handshakeTimeout, signal })
  }

  /**
   * @see Nebula.connect
   * @throws {NotStartedError} before `start` and after `stop`
   */
  async connect(target: PeerId | Multiaddr | Multiaddr[], options: LinkOptions = {}): Promise<Link> {
    const { direct = true, wanted = true, signal } = options

    if (!this.#started) {
      throw new NotStartedError('The overlay is not started')
    }

    const peer = await this.#connector.connect(target, options)

    if (direct && this.links.get(peer)?.direct === false) {
      await this.setDirect(peer, true, { signal })
    }

    const link = this.links.require(peer)

    link.wanted ||= wanted

    return link
  }

  /**
   * An aborted signal ends the wait for the peer's answer, which may still be yes.
   *
   * @see Nebula.setDirect
   */
  async setDirect(peer: PeerId, direct: boolean, { signal }: AbortOptions = {}): Promise<Link> {
    signal?.throwIfAborted()

    this.links.require(peer)
    await raceSignal(this.#askEngine?.(), signal)

    const link = this.links.require(peer)
    const refusal = this.#admission.refuseChange(direct)

    if (refusal != null) {
      throw new HandshakeError(refusal, `Link stays undirected: ${describeReason(refusal)}`)
    }

    const { accepted, reason } = await raceSignal(this.#pairs.obtain(peer).propose(direct), signal)

    if (!accepted) {
      if (this.links.get(peer) !== link) {
        throw new NotLinkedError('The link was closed before the peer answered')
      }

      throw new HandshakeError(reason, `The peer refused the change: ${describeReason(reason)}`)
    }

    return this.links.require(peer)
  }

  /**
   * Ends the link with the peer and any attempt under way; resolves once the
   * peer has closed its side, or after the goodbye's deadline. With `link`
   * nothing happens unless the peer's link is still that one.
   */
  async close(
    peer: PeerId,
    options: { reason: LinkCloseReason; mutual?: boolean; link?: Link }
  ): Promise<void> {
    const { reason, mutual = true } = options
    const link = this.links.get(peer)

    if (options.link != null && options.link !== link) {
      return
    }

    const error = new AbortError(`The attempt was given up: ${reason}`)
    const pair = this.#pairs.get(peer)

    if (FINAL.has(reason)) {
      this.safeDispatchEvent('unwanted', { detail: peer })
      this.#connector.cancel(peer, error)
    }

    if (pair == null) {
      return
    }

    if (link != null) {
      this.#keeper.closing(link, reason)
    }

    const left = pair.leave(goodbyeFor(reason), { silent: !mutual, error })

    await atMost(this.#clock, this.#goodbyeTimeout, left)
    this.#pairs.release(pair)
  }

  /** Connections that this node dialled for a link, and that now carry neither one nor anything else. */
  surplusConnections(): Connection[] {
    return this.#dialler
      .unused()
      .filter((connection) => this.links.get(connection.remotePeer)?.connection !== connection)
  }

  #onOpen(link: Link): void {
    this.#log('link with %p is open (%s)', link.peer, link.direct ? 'direct' : 'undirected')
    this.safeDispatchEvent('open', { detail: link })
  }

  #onClose(closed: ClosedLink): void {
    this.#log('link with %p is closed (%s)', closed.link.peer, closed.reason)
    this.safeDispatchEvent('close', { detail: closed })
  }
}

/** Reasons for which no link is wanted any more, so that even a dial under way is given up. */
const FINAL: ReadonlySet<LinkCloseReason> = new Set(['requested', 'blacklisted', 'shutting-down'])
