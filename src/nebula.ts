import {
  InvalidParametersError,
  peerDiscoverySymbol,
  serviceCapabilities,
  serviceDependencies
} from '@libp2p/interface'
import { systemClock } from '../protocols/clock.ts'
import { FEDERATION_PATTERN } from '../protocols/handshake/limits.ts'
import { Controller } from './controller/index.ts'
import { FederationDiscovery, joinFederation, Joiner } from './discovery/index.ts'
import { idleEngine } from './engine/index.ts'
import { GuardedEventEmitter } from './guarded-emitter.ts'
import { LinkManager, LinkSweeper, Readiness } from './links/index.ts'
import { createMessage, Messenger } from './messages/index.ts'
import { Reactions } from './messages/reactions.ts'
import { Exclusion, Restrictions } from './scoring/index.ts'
import { VERSION } from './version.ts'
import type { Engine } from './engine/index.ts'
import type { NebulaComponents, NebulaInit } from './init.ts'
import type {
  ConnectOptions,
  DisconnectOptions,
  JoinOptions,
  JoinResult,
  LinkCloseReason,
  LinkInfo,
  Nebula as NebulaInterface,
  NebulaEvents,
  PeerFilter,
  ReceivedMessage,
  RestrictionInfo,
  SendOptions,
  SendToNeighboursOptions
} from './interface.ts'
import type { Link } from './links/index.ts'
import type { Message } from './messages/index.ts'
import type { AbortOptions, Logger, PeerDiscovery, PeerId, Startable } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

const DEFAULT_FEDERATION = 'nebula'

/** Wires the parts of the overlay into one libp2p service. */
export class Nebula extends GuardedEventEmitter<NebulaEvents> implements NebulaInterface, Startable {
  readonly federation: string
  readonly createMessage: NebulaInterface['createMessage'] = createMessage
  readonly #components: NebulaComponents
  readonly #log: Logger
  readonly #engine: Engine
  readonly #restrictions: Restrictions
  readonly #exclusion: Exclusion
  readonly #linkManager: LinkManager
  readonly #messenger: Messenger
  readonly #readiness: Readiness
  readonly #discovery: FederationDiscovery
  readonly #joiner: Joiner
  readonly #controller: Controller
  /** In the order in which they start; they stop in the reverse. */
  readonly #parts: Startable[]
  readonly #maxParallelJoins?: number
  #started = false

  readonly [Symbol.toStringTag] = 'nebula-overlay'
  readonly [serviceCapabilities]: string[] = ['@libp2p/peer-discovery', 'nebula-overlay']
  readonly [serviceDependencies]: string[] = ['@libp2p/identify']

  constructor(node: NebulaComponents, init: NebulaInit = {}) {
    super((type, err) => this.#log.error('a listener for %s failed - %e', type, err))
    // libp2p's own object throws for members that it lacks, so it cannot be spread
    const { peerId, registrar, connectionManager, addressManager, datastore, events, logger, privateKey } =
      node
    const components = {
      peerId,
      registrar,
      connectionManager,
      addressManager,
      datastore,
      events,
      logger,
      privateKey
    }

    this.federation = init.federation ?? DEFAULT_FEDERATION

    if (!FEDERATION_PATTERN.test(this.federation)) {
      throw new InvalidParametersError(`"${this.federation}" is no name of a federation`)
    }

    const clock = init.clock ?? systemClock
    const engine = init.engine ?? idleEngine()
    const learningFinished = (): boolean => engine.learningCycleFinished()

    this.#components = components
    this.#log = components.logger.forComponent('nebula')
    this.#engine = engine
    this.#maxParallelJoins = init.joining?.maxParallel
    this.#restrictions =
      init.restrictions instanceof Restrictions
        ? init.restrictions
        : new Restrictions(components, { ...init.restrictions, clock })

    const isBlacklisted = (peer: PeerId): boolean => this.#restrictions.isBlacklisted(peer)
    const onViolation = (peer: PeerId, error?: Error): void => this.#exclusion.onViolation(peer, error)

    this.#linkManager = new LinkManager(components, {
      ...init.links,
      federation: this.federation,
      clock,
      describeSelf: () => ({
        federation: this.federation,
        proxy: init.proxy ?? false,
        roles: init.roles ?? [],
        round: engine.round(),
        listenAddrs: components.addressManager.getAddresses(),
        agent: init.agent ?? `nebula-overlay/${VERSION}`
      }),
      learningFinished,
      isBlacklisted,
      isRecentlyDisconnected: (peer) => this.#restrictions.isRecentlyDisconnected(peer),
      onViolation
    })

    const parts = { ...components, linkManager: this.#linkManager }

    this.#exclusion = new Exclusion(
      { ...parts, restrictions: this.#restrictions },
      {
        onRestricted: ({ kind, ...detail }) => {
          this.safeDispatchEvent(kind === 'blacklisted' ? 'peer:blacklisted' : 'peer:disconnected', {
            detail
          })
        }
      }
    )

    this.#readiness = new Readiness({
      links: this.#linkManager.links,
      onReady: (neighbours) => {
        this.safeDispatchEvent('federation:ready', { detail: { neighbours } })
      }
    })
    this.#messenger = new Messenger(parts, {
      ...init.messages,
      federation: this.federation,
      proxy: init.proxy ?? false,
      forwarding: init.forwarding,
      clock,
      handshakeTimeout: init.links?.handshakeTimeout,
      learningFinished,
      isBlacklisted,
      onViolation
    })
    this.#discovery = new FederationDiscovery(components, {
      ...init.mdns,
      federation: this.federation,
      clock,
      random: init.random
    })
    this.#joiner = new Joiner(
      { ...parts, messenger: this.#messenger },
      {
        ...init.joining,
        clock,
        random: init.random,
        maxPeers: init.mdns?.maxPeers,
        holdOff: this.#restrictions.ttl('recently-disconnected'),
        dial: init.dial,
        directDial: init.direct,
        members: init.members,
        mayJoin: (peer) => this.#restrictions.apply([peer]).length > 0,
        onFailure: (failure) => {
          this.safeDispatchEvent('join:failed', { detail: failure })
        }
      }
    )
    this.#controller = new Controller({
      ...init.controller,
      scenario: init.controller?.scenario ?? this.federation,
      clock,
      describeNode: () => String(components.addressManager.getAddresses()[0] ?? components.peerId)
    })
    this.#parts = [
      this.#restrictions,
      this.#exclusion,
      this.#linkManager,
      this.#messenger,
      new Reactions(
        { ...parts, messenger: this.#messenger, readiness: this.#readiness },
        {
          ...init.links,
          disconnect: async (peer) => this.#exclusion.disconnect(peer),
          mayDial: (peer) => this.#restrictions.apply([peer]).length > 0
        }
      ),
      new LinkSweeper(parts, { ...init.links, clock })
    ]
    this.#listen()
  }

  /** Found members are added to the peer store. */
  get [peerDiscoverySymbol](): PeerDiscovery {
    return this.#discovery
  }

  get peerId(): PeerId {
    return this.#components.peerId
  }

  /** Before a connection can come in, the blacklist is known. */
  async beforeStart(): Promise<void> {
    await this.#restrictions.start()
  }

  async start(): Promise<void> {
    if (this.#started) {
      return
    }

    this.#started = true

    for (const part of this.#parts) {
      await part.start()
    }
  }

  /** Listeners are up: other nodes are looked for, and may find this one. */
  async afterStart(): Promise<void> {
    this.#joiner.start()
    await this.#discovery.afterStart()
  }

  /** Connections still work: goodbyes are said. */
  async beforeStop(): Promise<void> {
    this.#joiner.stop()
    await this.#discovery.stop()
    await this.#linkManager.leave()
  }

  async stop(): Promise<void> {
    if (!this.#started) {
      return
    }

    this.#started = false

    for (const part of this.#parts.toReversed()) {
      await part.stop()
    }
  }

  links(filter?: Omit<PeerFilter, 'myself'>): LinkInfo[] {
    return this.#linkManager.links.select(filter).map((link) => link.info())
  }

  link(peer: PeerId): LinkInfo | undefined {
    return this.#linkManager.links.get(peer)?.info()
  }

  peers(filter?: PeerFilter): PeerId[] {
    return this.#linkManager.links.peers(filter)
  }

  async connect(target: PeerId | Multiaddr | Multiaddr[], options?: ConnectOptions): Promise<LinkInfo> {
    const link = await this.#linkManager.connect(target, options)

    await this.#restrictions.remove('recently-disconnected', link.peer)

    return link.info()
  }

  async setDirect(peer: PeerId, direct: boolean, options?: AbortOptions): Promise<LinkInfo> {
    return (await this.#linkManager.setDirect(peer, direct, options)).info()
  }

  async disconnect(peer: PeerId, options?: DisconnectOptions): Promise<void> {
    await this.#exclusion.disconnect(peer, options)
  }

  verifyConnections(peers: Iterable<PeerId>): boolean {
    return [...peers].every((peer) => this.#linkManager.links.has(peer))
  }

  verifyAnyConnections(peers: Iterable<PeerId>): boolean {
    return [...peers].some((peer) => this.#linkManager.links.has(peer))
  }

  readyPeers(): PeerId[] {
    return this.#readiness.peers()
  }

  checkFederationReady(): boolean {
    return this.#readiness.check()
  }

  async send(peer: PeerId, message: Message, options?: SendOptions): Promise<void> {
    await this.#messenger.send(peer, message, options)
  }

  async sendToNeighbours(message: Message, options?: SendToNeighboursOptions): Promise<void> {
    await this.#messenger.sendToNeighbours(message, options)
  }

  async addToBlacklist(peer: PeerId, reason = 'added by the application'): Promise<void> {
    await this.#exclusion.blacklist(peer, reason)
  }

  async removeFromBlacklist(peer: PeerId): Promise<void> {
    await this.#restrictions.remove('blacklisted', peer)
  }

  restrictions(): RestrictionInfo[] {
    return this.#restrictions.list()
  }

  applyRestrictions(peers: Iterable<PeerId>): PeerId[] {
    return this.#restrictions.apply(peers)
  }

  async clearRestrictions(): Promise<void> {
    await this.#restrictions.clear()
  }

  async startBeacon(): Promise<void> {
    await this.#discovery.startBeacon()
  }

  async stopBeacon(): Promise<void> {
    await this.#discovery.stopBeacon()
  }

  get beaconRunning(): boolean {
    return this.#discovery.beaconRunning
  }

  get beaconInterval(): number {
    return this.#discovery.beaconInterval
  }

  async setBeaconInterval(intervalMs: number): Promise<void> {
    await this.#discovery.setBeaconInterval(intervalMs)
  }

  async findFederation(options?: AbortOptions): Promise<PeerId[]> {
    return (await this.#discovery.find(options)).map(({ id }) => id)
  }

  async joinFederation(options?: JoinOptions): Promise<JoinResult> {
    return joinFederation(
      {
        peerId: this.peerId,
        logger: this.#components.logger,
        discovery: this.#discovery,
        linkManager: this.#linkManager,
        messenger: this.#messenger,
        applyRestrictions: (peers) => this.#restrictions.apply(peers)
      },
      { ...options, maxParallel: this.#maxParallelJoins }
    )
  }

  async register(options?: AbortOptions): Promise<void> {
    await this.#controller.register(options)
  }

  async waitForController(options?: AbortOptions): Promise<void> {
    await this.#controller.wait(options)
  }

  /** The parts' events become the overlay's. The parts live as long as this object, so nothing is to be removed. */
  #listen(): void {
    this.#linkManager.addEventListener('open', ({ detail: link }) => {
      this.safeDispatchEvent('link:open', { detail: link.info() })
      this.#onNeighbour(link, link.direct, link.direct)
    })
    this.#linkManager.addEventListener('direct', ({ detail: link }) => {
      this.safeDispatchEvent('link:upgrade', { detail: link.info() })
      this.#onNeighbour(link, true, link.direct)
    })
    this.#linkManager.addEventListener('close', ({ detail: { link, reason } }) => {
      this.#onClose(link, reason)
    })
    this.#messenger.addEventListener('message', ({ detail }) => this.#onMessage(detail))
    this.#messenger.addEventListener('duplicate', ({ detail }) => {
      this.safeDispatchEvent('message:duplicate', { detail })
    })
    this.#discovery.addEventListener('peer', ({ detail: { id, multiaddrs } }) => {
      this.safeDispatchEvent('beacon', { detail: { peer: id, multiaddrs } })
    })
    this.#discovery.addEventListener('found', ({ detail }) => {
      this.safeDispatchEvent('peer:found', { detail: { peer: detail.id, multiaddrs: detail.multiaddrs } })
      this.#joiner.found(detail)
    })
    this.#discovery.addEventListener('moved', ({ detail }) => {
      this.#joiner.found(detail)
    })
  }

  #onClose(link: Link, reason: LinkCloseReason): void {
    this.safeDispatchEvent('link:close', { detail: { link: link.info(), reason } })
    this.#onNeighbour(link, link.direct, false)

    if (reason === 'connection-lost') {
      this.#discovery.noteChange()
    }
  }

  #onMessage(detail: ReceivedMessage): void {
    const { type, action } = detail.message
    const name = action === '' ? `message:${type}` : `message:${type}:${action}`

    this.safeDispatchEvent('message', { detail })
    this.safeDispatchEvent(name as keyof NebulaEvents, { detail })
  }

  #onNeighbour(link: Link, changed: boolean, added: boolean): void {
    this.#readiness.update()

    if (!changed) {
      return
    }

    const update = { peer: link.peer, added, neighbours: this.peers({ onlyDirect: true }) }

    this.safeDispatchEvent('neighbour:update', { detail: update })
    // the engine is the application's: what it throws must not stop the overlay
    Promise.resolve()
      .then(async () => this.#engine.updateNeighbours(update))
      .catch((err: Error) => {
        this.#log.error('the engine failed to update its neighbours - %e', err)
      })
  }
}
