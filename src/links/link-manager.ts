import { TypedEventEmitter } from 'main-event'
import { PeerMap } from '@libp2p/peer-collections'
import { RateLimiter } from '@libp2p/utils'
import { compare as uint8ArrayCompare } from 'uint8arrays/compare'
import { Handshake, HandshakeError } from '../../protocols/handshake/index.ts'
import { MAX_CHANGES_PER_MINUTE } from '../../protocols/handshake/limits.ts'
import { systemClock } from '../../protocols/clock.ts'
import { Connector } from './connector.ts'
import { GOODBYE_TIMEOUT_MS, MAX_LINKS } from './constants.ts'
import { NotLinkedError } from './errors.ts'
import { describeReason, refuseHello, refuseLink } from './handshake-policy.ts'
import { LinkTable } from './link-table.ts'
import { Link } from './link.ts'
import { Pair } from './pair.ts'
import type { AdmissionState } from './handshake-policy.ts'
import type { PairListener } from './pair.ts'
import type { Clock } from '../../protocols/clock.ts'
import type { CloseCause, HandshakeStream, Hello, NodeInfo, Reason } from '../../protocols/handshake/index.ts'
import type { ConnectOptions, LinkCloseReason } from '../interface.ts'
import type { AbortOptions, ComponentLogger, Connection, Logger, PeerId, Startable } from '@libp2p/interface'
import type { ConnectionManager, Registrar } from '@libp2p/interface-internal'
import type { Multiaddr } from '@multiformats/multiaddr'

export interface LinkManagerComponents {
  peerId: PeerId
  registrar: Registrar
  connectionManager: ConnectionManager
  logger: ComponentLogger
}

export interface LinkManagerInit {
  federation: string
  clock?: Clock
  /** What this node says of itself, asked for at each handshake. */
  describeSelf(): NodeInfo
  learningFinished(): boolean
  isBlacklisted(peer: PeerId): boolean
  isRecentlyDisconnected(peer: PeerId): boolean
  /** A peer broke the protocol. */
  onViolation(peer: PeerId, error?: Error): void
  /** @default 1_000 */
  maxLinks?: number
  maxPendingInbound?: number
  handshakeTimeout?: number
  maxStreamsPerConnection?: number
  maxChangesPerMinute?: number
  dialTimeout?: number
  maxAttempts?: number
  attemptDelay?: number
  goodbyeTimeout?: number
}

export interface LinkManagerEvents {
  open: CustomEvent<Link>
  /** The link is no longer in the table. `goodbye` is what the peer said, if it said so. */
  close: CustomEvent<{ link: Link; reason: LinkCloseReason; goodbye?: Reason }>
  /** The link became direct or undirected. */
  direct: CustomEvent<Link>
}

/**
 * Makes, changes and ends links, and keeps their table. One `Pair` a peer runs
 * the handshake's state machine; this class gives it its policy.
 */
export class LinkManager extends TypedEventEmitter<LinkManagerEvents> implements Startable {
  readonly links: LinkTable
  readonly #components: LinkManagerComponents
  readonly #init: LinkManagerInit
  readonly #log: Logger
  readonly #clock: Clock
  readonly #maxLinks: number
  readonly #goodbyeTimeout: number
  readonly #handshake: Handshake
  readonly #connector: Connector
  readonly #pairs = new PeerMap<Pair>()
  readonly #changes: RateLimiter
  readonly #pairListener: PairListener
  /** Why the link on a handshake stream is about to be closed by this node. */
  readonly #closing = new Map<string, LinkCloseReason>()
  #newestAttempt = 0n
  #stopping = true

  constructor(components: LinkManagerComponents, init: LinkManagerInit) {
    super()
    this.#components = components
    this.#init = init
    this.#log = components.logger.forComponent('nebula:links')
    this.#clock = init.clock ?? systemClock
    this.#maxLinks = init.maxLinks ?? MAX_LINKS
    this.#goodbyeTimeout = init.goodbyeTimeout ?? GOODBYE_TIMEOUT_MS
    this.links = new LinkTable(components.peerId)
    this.#changes = new RateLimiter({
      points: init.maxChangesPerMinute ?? MAX_CHANGES_PER_MINUTE,
      duration: 60
    })
    this.#handshake = new Handshake(components, {
      onHello: (stream, hello) => this.#onHello(stream, hello),
      onViolation: (peer, error) => init.onViolation(peer, error),
      clock: this.#clock,
      stepTimeoutMs: init.handshakeTimeout,
      maxPendingInbound: init.maxPendingInbound,
      maxStreamsPerConnection: init.maxStreamsPerConnection
    })
    this.#connector = new Connector(
      { connectionManager: components.connectionManager, logger: components.logger },
      {
        ...init,
        clock: this.#clock,
        handshake: this.#handshake,
        pair: (peer) => this.#pair(peer),
        release: (pair) => this.#release(pair),
        linked: (peer) => this.links.has(peer),
        nextAttempt: () => this.#nextAttempt(),
        refuse: (peer) => this.#refuse(peer)
      }
    )
    this.#pairListener = {
      onOpened: (_pair, pairLink, { stream, node, priority }) => {
        const link = new Link({ pairLink, stream, node, priority, now: this.#clock.now() })

        this.links.add(link)
        this.#log('link with %p is open (%s)', link.peer, link.direct ? 'direct' : 'undirected')
        this.safeDispatchEvent('open', { detail: link })
      },
      onClosed: (pair, pairLink, cause, goodbye) => {
        this.#onClosed(pair.peer, pairLink.stream, cause, goodbye)
      },
      onDirect: (pair, pairLink) => {
        const link = this.links.get(pair.peer)

        if (link?.id === pairLink.stream) {
          link.direct = pairLink.direct
          this.safeDispatchEvent('direct', { detail: link })
        }
      },
      onViolation: (pair, error) => init.onViolation(pair.peer, error),
      refuseChange: (pair, change) => {
        if (this.#changesTooOften(pair.peer)) {
          return 'PROTOCOL_ERROR'
        }

        return change.direct && init.learningFinished() ? 'LEARNING_FINISHED' : undefined
      },
      describeSelf: () => init.describeSelf()
    }
  }

  async start(): Promise<void> {
    this.#stopping = false
    await this.#handshake.start()
  }

  /** Says goodbye to every peer and waits a bounded time for the answers; to be called while connections still work. */
  async leave(): Promise<void> {
    this.#stopping = true
    this.#connector.stop()
    await Promise.all([...this.links].map(async (link) => this.close(link.peer, { reason: 'shutting-down' })))
  }

  async stop(): Promise<void> {
    this.#stopping = true
    this.#connector.stop()
    await this.#handshake.stop()
    this.#pairs.clear()
  }

  /** Whether an attempt of this node with the peer is under way. */
  attempting(peer: PeerId): boolean {
    return this.#pairs.get(peer)?.attempting === true
  }

  /** @see Nebula.connect */
  async connect(target: PeerId | Multiaddr | Multiaddr[], options: ConnectOptions = {}): Promise<Link> {
    const { direct = true, signal } = options
    const peer = await this.#connector.connect(target, options)

    if (direct && this.links.get(peer)?.direct === false) {
      await this.setDirect(peer, true, { signal })
    }

    return this.#linkWith(peer)
  }

  /** @see Nebula.setDirect */
  async setDirect(peer: PeerId, direct: boolean, options: AbortOptions = {}): Promise<Link> {
    options.signal?.throwIfAborted()

    const link = this.#linkWith(peer)

    if (direct && this.#init.learningFinished()) {
      throw new HandshakeError(
        'LEARNING_FINISHED',
        `Link stays undirected: ${describeReason('LEARNING_FINISHED')}`
      )
    }

    const { accepted, reason } = await this.#pair(peer).propose(direct)

    if (!accepted) {
      const now = this.links.get(peer)

      if (now?.id !== link.id) {
        throw new NotLinkedError('The link was closed before the peer answered')
      }

      throw new HandshakeError(reason, `The peer refused the change: ${describeReason(reason)}`)
    }

    return this.#linkWith(peer)
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
    const pair = this.#pairs.get(peer)
    const link = this.links.get(peer)

    if (pair == null || (options.link != null && options.link !== link)) {
      return
    }

    if (link != null) {
      this.#closing.set(link.id, options.reason)
    }

    const left = pair.leave(GOODBYES[options.reason] ?? 'REQUESTED', { silent: options.mutual === false })
    const deadline = Promise.withResolvers<void>()
    const timer = this.#clock.setTimeout(deadline.resolve, this.#goodbyeTimeout)

    await Promise.race([left, deadline.promise])
    timer.clear()
    this.#release(pair)
  }

  /**
   * Connections that this node dialled for a link and that carry none (any
   * more), nor anything else: those of a simultaneous dial, of a refusal, of a
   * link that has ended.
   */
  surplusConnections(): Connection[] {
    return this.#connector
      .dialled()
      .filter((connection) => this.links.get(connection.remotePeer)?.connection !== connection)
      .filter((connection) => !inUse(connection))
  }

  #onHello(stream: HandshakeStream, hello: Hello): void {
    const { peer } = stream

    if (this.#init.isBlacklisted(peer)) {
      stream.redirect({ onFrame: () => {}, onViolation: () => {}, onEnded: () => {} })
      stream.abort(new HandshakeError('BLACKLISTED', describeReason('BLACKLISTED')))

      return
    }

    const pair = this.#pair(peer)
    const refusal = refuseHello(hello, { federation: this.#init.federation, ...this.#admission(peer) })

    pair.hello(stream, hello, this.#newestAttempt, refusal)
    this.#release(pair)
  }

  #onClosed(peer: PeerId, id: string, cause: CloseCause, said: Reason): void {
    const link = this.links.remove(peer, id)
    const own = this.#closing.get(id)

    this.#closing.delete(id)

    if (link == null) {
      return
    }

    const reason = own ?? CAUSES[cause]

    this.#log('link with %p is closed (%s)', peer, reason)
    this.safeDispatchEvent('close', {
      detail: { link, reason, goodbye: cause === 'goodbye' ? said : undefined }
    })

    // the pair may be about to carry out what comes next, such as the link that replaces this one
    queueMicrotask(() => {
      const pair = this.#pairs.get(peer)

      if (pair != null) {
        this.#release(pair)
      }
    })
  }

  #changesTooOften(peer: PeerId): boolean {
    try {
      this.#changes.consume(peer.toString())

      return false
    } catch {
      return true
    }
  }

  #refuse(peer: PeerId): Reason | undefined {
    // an explicit wish to connect outweighs an earlier one to disconnect
    return refuseLink({ ...this.#admission(peer), recentlyDisconnected: false })
  }

  #admission(peer: PeerId): Omit<AdmissionState, 'federation'> {
    const own = this.#pairs.get(peer)
    let others = 0

    for (const pair of this.#pairs.values()) {
      others += pair !== own && !pair.empty ? 1 : 0
    }

    return {
      self: peer.equals(this.#components.peerId),
      blacklisted: this.#init.isBlacklisted(peer),
      recentlyDisconnected: this.#init.isRecentlyDisconnected(peer),
      learningFinished: this.#init.learningFinished(),
      stopping: this.#stopping,
      others,
      maxLinks: this.#maxLinks
    }
  }

  #pair(peer: PeerId): Pair {
    let pair = this.#pairs.get(peer)

    if (pair == null) {
      const self = this.#components.peerId.toMultihash().bytes
      const lower = uint8ArrayCompare(self, peer.toMultihash().bytes) < 0

      pair = new Pair(peer, lower, this.#pairListener)
      this.#pairs.set(peer, pair)
    }

    return pair
  }

  /** Forgets a pair that nothing is shared with any more. */
  #release(pair: Pair): void {
    if (pair.empty && this.#pairs.get(pair.peer) === pair) {
      this.#pairs.delete(pair.peer)
    }
  }

  #nextAttempt(): bigint {
    const clock = BigInt(Math.floor(this.#clock.now())) * 1_000n

    this.#newestAttempt = clock > this.#newestAttempt ? clock : this.#newestAttempt + 1n

    return this.#newestAttempt
  }

  #linkWith(peer: PeerId): Link {
    const link = this.links.get(peer)

    if (link == null) {
      throw new NotLinkedError()
    }

    return link
  }
}

/** Streams of services that come and go by themselves do not keep a connection open. */
const TRANSIENT_PROTOCOLS = [
  '/ipfs/id/',
  '/ipfs/ping/',
  '/ipfs/id/push/',
  '/libp2p/autonat/',
  '/nebula/handshake/'
]

function inUse(connection: Connection): boolean {
  return connection.streams.some(
    (stream) => !TRANSIENT_PROTOCOLS.some((prefix) => stream.protocol?.startsWith(prefix))
  )
}

const GOODBYES: Partial<Record<LinkCloseReason, Reason>> = {
  inactive: 'INACTIVE',
  blacklisted: 'BLACKLISTED',
  'shutting-down': 'SHUTTING_DOWN',
  'protocol-error': 'PROTOCOL_ERROR'
}

const CAUSES: Record<CloseCause, LinkCloseReason> = {
  left: 'requested',
  goodbye: 'remote',
  ended: 'connection-lost',
  replaced: 'replaced',
  violation: 'protocol-error'
}
