import {
  InvalidMessageError,
  NotStartedError,
  peerDiscoverySymbol,
  serviceCapabilities,
  serviceDependencies
} from '@libp2p/interface'
import { anySignal } from 'any-signal'
import { systemClock } from './lib/clock.ts'
import { raceSignal } from 'race-signal'
import { describeOverlay } from './describe-overlay.ts'
import { joinFederation, startCommunications } from './discovery/index.ts'
import { GuardedEventEmitter } from './lib/guarded-emitter.ts'
import { createMessage, messagesEvents, replyTo, SeenCache } from './messages/index.ts'
import { isModelMessage, modelOf } from './models/index.ts'
import { Lifetime } from './lib/lifetime.ts'
import { checkPlaces } from './lib/parameters.ts'
import { rejectWithErrors } from './lib/reject-with-errors.ts'
import { matches } from './links/index.ts'
import { OverlayMetrics } from './metrics/index.ts'
import { connectEvents } from './overlay-events.ts'
import { createParts } from './overlay-parts.ts'
import { checkPeer, checkTtl, parseSubnet } from './scoring/index.ts'
import type { NebulaComponents, NebulaInit } from './init.ts'
import type {
  BlacklistOptions,
  BlockedAddress,
  ConnectOptions,
  DisconnectOptions,
  ForwardOptions,
  GeoLocation,
  JoinOptions,
  JoinResult,
  LinkFilter,
  LinkInfo,
  Nebula as NebulaInterface,
  NebulaEvents,
  PeerFilter,
  ReceivedMessage,
  ReconnectingFilter,
  RestrictionInfo,
  ScoreExplanation,
  SendOptions,
  SendToNeighboursOptions,
  StartCommunicationsOptions,
  Warning
} from './interface.ts'
import type { RegisterOptions } from './controller/index.ts'
import type { AppRequest, Message, MessageActions, MessageType, RequestOptions } from './messages/index.ts'
import type {
  ModelDelivery,
  ModelInfo,
  NewModel,
  ReadableModel,
  ReceivedModel,
  SendModelOptions
} from './models/index.ts'
import type { Emit, OverlayParts } from './overlay-parts.ts'
import type { LateJoinOptions, LateJoinResult } from './discovery/late-join/index.ts'
import type { Propagation } from './propagation/strategies/types.ts'
import type { AbortOptions, PeerDiscovery, PeerId, Startable } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

/** The overlay as a libp2p service: its parts behind one interface. */
export class Nebula extends GuardedEventEmitter<NebulaEvents> implements NebulaInterface, Startable {
  readonly createMessage: NebulaInterface['createMessage'] = createMessage
  readonly #components: NebulaComponents
  readonly #parts: OverlayParts
  readonly #maxParallelJoins?: number
  readonly #receivedHashes: SeenCache
  #started = false
  /** From the start until the overlay begins to stop. */
  readonly #lifetime = new Lifetime()
  #stopped = Promise.withResolvers<void>()

  readonly [Symbol.toStringTag] = 'nebula-overlay'
  readonly [serviceCapabilities]: string[] = ['@libp2p/peer-discovery', 'nebula-overlay']
  readonly [serviceDependencies]: string[] = ['@libp2p/identify']

  constructor(node: NebulaComponents, init: NebulaInit = {}) {
    const log = node.logger.forComponent('nebula')

    super((type, err) => log.error('a listener for %s failed - %e', type, err))

    const emit: Emit = (type, detail) => {
      // most events, duplicates above all, are nobody's concern
      if (this.listenerCount(type) > 0) {
        this.safeDispatchEvent(type, { detail })
      }
    }

    this.#components = pickComponents(node)
    this.#receivedHashes = new SeenCache({
      clock: init.clock,
      maxLocalMessages: init.messages?.maxLocalMessages,
      ttl: init.messages?.seenTtl
    })
    // a node that has not run has stopped
    this.#stopped.resolve()
    this.#maxParallelJoins = init.joining?.maxParallel
    this.#parts = createParts(this.#components, init, emit)
    connectEvents(this.#parts, emit)

    if (this.#components.metrics != null) {
      const { linkManager, messenger, models, proxying, restrictions, warnings, startables } = this.#parts
      const observed = {
        overlay: this,
        links: linkManager.links,
        messenger,
        models,
        proxying,
        restrictions,
        warnings
      }

      startables.push(
        new OverlayMetrics({ ...observed, metrics: this.#components.metrics }, init.clock ?? systemClock)
      )
    }
  }

  get federation(): string {
    return this.#parts.federation
  }

  /** Found members are added to the peer store. */
  get [peerDiscoverySymbol](): PeerDiscovery {
    return this.#parts.discovery
  }

  get peerId(): PeerId {
    return this.#components.peerId
  }

  get location(): GeoLocation | undefined {
    const { location } = this.#parts.locationTeller

    return location == null ? undefined : { ...location }
  }

  get propagator(): Propagation {
    return this.#parts.propagator
  }

  /** Before a connection can come in, the blacklist is known. */
  async beforeStart(): Promise<void> {
    await this.#parts.restrictions.start()
    await this.#parts.scoring.load()
  }

  async start(): Promise<void> {
    if (this.#started) {
      return
    }

    this.#started = true
    this.#lifetime.start()
    this.#stopped = Promise.withResolvers()
    this.#parts.discovery.start()

    for (const part of this.#parts.startables) {
      await part.start()
    }
  }

  /** Listeners are up: other nodes are looked for, and may find this one. */
  async afterStart(): Promise<void> {
    this.#parts.joiner.start()
    await this.#parts.remembered.start()
    await this.#parts.discovery.afterStart()
  }

  /** Connections still work: goodbyes are said. */
  async beforeStop(): Promise<void> {
    this.#lifetime.stop()
    this.#parts.controller.stop()
    await this.#parts.remembered.stop()
    this.#parts.joiner.stop()
    await this.#parts.lateJoining.stop()
    this.#parts.redialler.stop()
    this.#parts.reconnecting.clear()
    await this.#parts.discovery.stop()
    await this.#parts.linkManager.leave()
    this.#parts.readiness.clear()
  }

  async stop(): Promise<void> {
    if (!this.#started) {
      // a node that failed to start may have come as far as `beforeStart`
      await this.#parts.restrictions.stop()

      return
    }

    this.#started = false
    this.#lifetime.stop()

    for (const part of this.#parts.startables.toReversed()) {
      await part.stop()
    }

    this.#stopped.resolve()
  }

  override toString(): string {
    return describeOverlay(this)
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return describeOverlay(this)
  }

  warnings(): Warning[] {
    return this.#parts.warnings.list()
  }

  links(filter: LinkFilter = {}): LinkInfo[] {
    const { linkManager, reconnecting } = this.#parts
    const lost = filter.reconnecting === true ? reconnecting.links() : []

    return [
      ...linkManager.links.select(filter).map((link) => link.info()),
      ...lost.filter((link) => matches(link, filter)).map((link) => link.info('reconnecting'))
    ]
  }

  link(peer: PeerId, { reconnecting = false }: ReconnectingFilter = {}): LinkInfo | undefined {
    const { linkManager, reconnecting: lost } = this.#parts

    return (
      linkManager.links.get(peer)?.info() ??
      (reconnecting ? lost.links().find((link) => link.peer.equals(peer)) : undefined)?.info('reconnecting')
    )
  }

  peers(filter?: PeerFilter): PeerId[] {
    return this.#parts.linkManager.links.peers(filter)
  }

  get running(): boolean {
    return this.#started && !this.#lifetime.signal.aborted
  }

  async stopped({ signal }: AbortOptions = {}): Promise<void> {
    await raceSignal(this.#stopped.promise, signal)
  }

  async startCommunications(
    neighbours: Iterable<PeerId | Multiaddr>,
    options?: StartCommunicationsOptions
  ): Promise<PeerId[]> {
    if (!this.running) {
      throw new NotStartedError('The overlay has to run before it is told of its neighbours')
    }

    const signal = anySignal([options?.signal, this.#lifetime.signal])

    try {
      return await startCommunications(this.#parts, neighbours, { ...options, signal })
    } finally {
      signal.clear()
    }
  }

  async connect(target: PeerId | Multiaddr | Multiaddr[], options?: ConnectOptions): Promise<LinkInfo> {
    checkPlaces([target].flat())

    const link = await this.#parts.linkManager.connect(target, options)

    await this.#parts.restrictions.remove('recently-disconnected', link.peer)

    return link.info()
  }

  async setDirect(peer: PeerId, direct: boolean, options?: AbortOptions): Promise<LinkInfo> {
    return (await this.#parts.linkManager.setDirect(peer, direct, options)).info()
  }

  async disconnect(peer: PeerId, options?: DisconnectOptions): Promise<void> {
    await this.#parts.exclusion.disconnect(peer, options)
  }

  verifyConnections(peers: Iterable<PeerId>): boolean {
    return [...peers].every((peer) => this.#parts.linkManager.links.has(peer))
  }

  verifyAnyConnections(peers: Iterable<PeerId>): boolean {
    return [...peers].some((peer) => this.#parts.linkManager.links.has(peer))
  }

  redialling(peer: PeerId): boolean {
    return this.#parts.redialler.has(peer) || this.#parts.joiner.reconnects(peer)
  }

  runReconnections(): PeerId[] {
    return [...this.#parts.redialler.tryNow(), ...this.#parts.joiner.tryNow()]
  }

  terminateFailedReconnection(peer: PeerId): boolean {
    const { redialler, joiner } = this.#parts
    const dialled = [redialler.giveUp(peer), joiner.giveUp(peer)]

    return dialled.includes(true)
  }

  async clearUnusedUndirectConnections(): Promise<PeerId[]> {
    return this.#parts.sweeper.closeInactive()
  }

  readyPeers(): PeerId[] {
    return this.#parts.readiness.peers()
  }

  learningPeers(): PeerId[] {
    return [...this.#parts.linkManager.links].filter(({ round }) => round != null).map(({ peer }) => peer)
  }

  addReadyConnection(peer: PeerId): void {
    this.#parts.readiness.add(peer)
  }

  checkFederationReady(): boolean {
    return this.#parts.readiness.check()
  }

  getMessagesEvents(): { [T in MessageType]: Array<MessageActions[T]> } {
    return messagesEvents()
  }

  includeReceivedMessageHash(hash: string, source: PeerId): boolean {
    if (this.#receivedHashes.has(hash)) {
      this.safeDispatchEvent('message:duplicate', { detail: { source, from: source } })

      return false
    }

    this.#receivedHashes.add(hash)

    return true
  }

  async send(peer: PeerId, message: Message, options?: SendOptions): Promise<void> {
    if (isModelMessage(message)) {
      await this.#parts.models.sendTo(peer, modelOf(message), options)
    } else {
      this.#parts.ownReadiness.note(message, [peer])
      await this.#parts.messenger.send(peer, message, options)
    }
  }

  async sendToNeighbours(message: Message, options?: SendToNeighboursOptions): Promise<void> {
    if (isModelMessage(message)) {
      const peers = options?.peers ?? this.peers({ onlyDirect: true })

      await this.#parts.models.send(peers, modelOf(message), options)
    } else {
      this.#parts.ownReadiness.note(message, options?.peers)
      await this.#parts.messenger.sendToNeighbours(message, options)
    }
  }

  async request(peer: PeerId, request: AppRequest, options?: RequestOptions): Promise<Uint8Array> {
    return this.#parts.requests.request(peer, request, options)
  }

  async reply(
    { source, message }: ReceivedMessage,
    payload: Uint8Array,
    options?: SendOptions
  ): Promise<void> {
    await this.#parts.messenger.send(source, replyTo(message, payload), options)
  }

  async forwardMessage(given: Message | Uint8Array, { from }: ForwardOptions = {}): Promise<boolean> {
    if (!this.#started) {
      throw new NotStartedError('The overlay has to run before it forwards messages')
    }

    const { models, messenger, ownReadiness } = this.#parts
    const { handedOver } = messenger
    const message = given instanceof Uint8Array ? handedOver.read(given) : given

    if (isModelMessage(message)) {
      return models.forward(modelOf(message), from)
    }

    const taken = await handedOver.forward(message, from)

    if (taken && !handedOver.isReceived(message)) {
      const neighbours = this.peers({ onlyDirect: true })

      ownReadiness.note(message, from == null ? undefined : neighbours.filter((peer) => !peer.equals(from)))
    }

    return taken
  }

  models(): ModelInfo[] {
    return this.#parts.models.list()
  }

  async createModel(model: NewModel, options?: AbortOptions): Promise<ModelInfo> {
    return this.#parts.models.create(model, options)
  }

  async sendModel(
    peers: PeerId[],
    model: NewModel | ModelInfo,
    options?: SendModelOptions
  ): Promise<ModelDelivery[]> {
    return this.#parts.models.send(peers, model, options)
  }

  async fetchModel(id: string, peer: PeerId, options?: AbortOptions): Promise<ReceivedModel> {
    return this.#parts.models.fetch(id, peer, options)
  }

  openModel(id: string): ReadableModel {
    return this.#parts.models.open(id)
  }

  cancelModel(id: string): void {
    this.#parts.models.cancel(id)
  }

  async sendVia(proxy: PeerId, peer: PeerId, message: Message, options?: AbortOptions): Promise<void> {
    if (isModelMessage(message)) {
      throw new InvalidMessageError('Models do not go by way of a proxy')
    }

    await this.#parts.proxying.sendVia(proxy, peer, message, options)
  }

  async addToBlacklist(target: PeerId | string, options: string | BlacklistOptions = {}): Promise<void> {
    const { reason = 'added by the application', ttl } =
      typeof options === 'string' ? { reason: options } : options

    checkTtl(ttl)

    if (typeof target !== 'string') {
      checkPeer(target)
    }

    await (typeof target === 'string'
      ? this.#parts.exclusion.block(parseSubnet(target), reason, ttl)
      : this.#parts.exclusion.blacklist(target, reason, { ttl }))
  }

  async addToRecentlyDisconnected(
    peer: PeerId,
    { reason = 'added by the application', ttl }: BlacklistOptions = {}
  ): Promise<void> {
    checkPeer(peer)
    checkTtl(ttl)
    await this.#parts.exclusion.leaveAlone(peer, reason, ttl)
  }

  async removeFromBlacklist(target: PeerId | string): Promise<void> {
    if (typeof target === 'string') {
      await this.#parts.restrictions.addresses.remove(parseSubnet(target))
    } else {
      this.#parts.scoring.scores.forget(target)
      await this.#parts.restrictions.remove('blacklisted', target)
      // a peer that broke a protocol, or was told to go, would still be refused
      await this.#parts.restrictions.remove('recently-disconnected', target)
    }
  }

  blockedAddresses(): BlockedAddress[] {
    return this.#parts.restrictions.addresses.list()
  }

  restrictions(): RestrictionInfo[] {
    return this.#parts.restrictions.list()
  }

  applyRestrictions(peers: Iterable<PeerId>): PeerId[] {
    return this.#parts.restrictions.apply(peers)
  }

  async clearRestrictions(): Promise<void> {
    for (const { peer } of this.#parts.restrictions.list()) {
      this.#parts.scoring.scores.forget(peer)
    }

    await this.#parts.restrictions.clear()
  }

  score(peer: PeerId): number {
    return this.#parts.scoring.scores.score(peer)
  }

  explainScore(peer: PeerId): ScoreExplanation {
    return this.#parts.scoring.scores.explain(peer)
  }

  scores(): ScoreExplanation[] {
    return this.#parts.scoring.scores.list()
  }

  async startBeacon(): Promise<void> {
    await this.#parts.discovery.startBeacon()
  }

  async stopBeacon(): Promise<void> {
    await this.#parts.discovery.stopBeacon()
  }

  get beaconRunning(): boolean {
    return this.#parts.discovery.beaconRunning
  }

  get beaconInterval(): number {
    return this.#parts.discovery.beaconInterval
  }

  async setBeaconInterval(intervalMs: number): Promise<void> {
    await this.#parts.discovery.setBeaconInterval(intervalMs)
  }

  async startExternalConnectionService(): Promise<void> {
    await this.#parts.discovery.startService()
  }

  async stopExternalConnectionService(): Promise<void> {
    await this.#parts.discovery.stopService()
  }

  get externalConnectionServiceRunning(): boolean {
    return this.#parts.discovery.serviceRunning
  }

  async findFederation(options?: AbortOptions): Promise<PeerId[]> {
    return (await this.#parts.discovery.find(options)).map(({ id }) => id)
  }

  async joinFederation(options?: JoinOptions): Promise<JoinResult> {
    return joinFederation(
      {
        peerId: this.peerId,
        addressManager: this.#components.addressManager,
        logger: this.#components.logger,
        discovery: this.#parts.discovery,
        linkManager: this.#parts.linkManager,
        messenger: this.#parts.messenger,
        restrictions: this.#parts.restrictions
      },
      { ...options, maxParallel: this.#maxParallelJoins }
    )
  }

  async lateJoin(options?: LateJoinOptions): Promise<LateJoinResult> {
    return this.#parts.lateJoining.join(options)
  }

  async register(options?: RegisterOptions): Promise<void> {
    await this.#parts.controller.register(options)
    this.safeDispatchEvent('controller:registered', { detail: {} })
  }

  async waitForController(options?: AbortOptions): Promise<void> {
    await this.#parts.controller.wait(options)
    this.safeDispatchEvent('controller:continue', { detail: {} })
  }
}

rejectWithErrors<NebulaInterface>(Nebula.prototype, {
  stopped: true,
  startCommunications: true,
  clearUnusedUndirectConnections: true,
  addToRecentlyDisconnected: true,
  connect: true,
  disconnect: true,
  setDirect: true,
  send: true,
  request: true,
  reply: true,
  sendToNeighbours: true,
  forwardMessage: true,
  sendVia: true,
  createModel: true,
  sendModel: true,
  fetchModel: true,
  addToBlacklist: true,
  removeFromBlacklist: true,
  clearRestrictions: true,
  startBeacon: true,
  stopBeacon: true,
  setBeaconInterval: true,
  startExternalConnectionService: true,
  stopExternalConnectionService: true,
  findFederation: true,
  joinFederation: true,
  lateJoin: true,
  register: true,
  waitForController: true
})

/** libp2p's own object throws for members that it lacks, so it cannot be spread. */
function pickComponents(node: NebulaComponents): NebulaComponents {
  const { peerId, registrar, connectionManager, addressManager, datastore, events, logger, privateKey } = node
  const { metrics } = node

  return {
    peerId,
    registrar,
    connectionManager,
    addressManager,
    datastore,
    events,
    logger,
    privateKey,
    metrics
  }
}
