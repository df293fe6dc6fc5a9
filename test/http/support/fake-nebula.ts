import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { TypedEventEmitter } from 'main-event'
import { messagesEvents } from '../../../src/messages/index.ts'
import { parseSubnet } from '../../../src/scoring/index.ts'
import type {
  BlockedAddress,
  LinkFilter,
  LinkInfo,
  Nebula,
  NebulaEvents,
  RestrictionInfo,
  Warning,
  ScoreExplanation
} from '../../../src/interface.ts'
import type { Message } from '../../../src/messages/types.ts'
import type { ModelDelivery, ModelInfo, ReadableModel, ReceivedModel } from '../../../src/models/types.ts'
import type { PeerId } from '@libp2p/interface'

export interface Call {
  method: string
  args: unknown[]
}

/** An overlay that links with whatever it is told to and writes down what it was asked. */
export class FakeNebula extends TypedEventEmitter<NebulaEvents> implements Nebula {
  readonly federation = 'lab'
  readonly peerId: PeerId
  readonly calls: Call[] = []
  readonly table = new Map<string, LinkInfo>()
  /** What the next call of that name rejects with. */
  readonly failures = new Map<string, Error>()
  blacklist: RestrictionInfo[] = []
  addresses: BlockedAddress[] = []
  warned: Warning[] = []
  location: Nebula['location']
  readonly explanations = new Map<string, ScoreExplanation>()
  readonly propagator: Nebula['propagator'] = {
    register: () => {},
    propagate: async () => ({ sent: [], failed: [], skipped: [] }),
    run: async () => ({ sent: [], failed: [], skipped: [], end: 'done', cycles: 1 }),
    getModelInformation: async () => undefined
  }
  beaconRunning = false
  beaconInterval = 10_000
  externalConnectionServiceRunning = true

  constructor(peerId: PeerId) {
    super()
    this.peerId = peerId
  }

  #record(method: string, ...args: unknown[]): void {
    this.calls.push({ method, args })

    const failure = this.failures.get(method)

    if (failure != null) {
      this.failures.delete(method)
      throw failure
    }
  }

  links(filter: LinkFilter = {}): LinkInfo[] {
    return [...this.table.values()].filter(
      (link) =>
        (filter.reconnecting || link.state === 'open') &&
        !(filter.onlyDirect && !link.direct) &&
        !(filter.onlyUndirected && link.direct)
    )
  }

  link(peer: PeerId, filter: LinkFilter = {}): LinkInfo | undefined {
    return this.links(filter).find((link) => link.peer.equals(peer))
  }

  peers(): PeerId[] {
    return this.links().map((link) => link.peer)
  }

  async connect(...[target, options]: Parameters<Nebula['connect']>): Promise<LinkInfo> {
    this.#record('connect', target, options)

    const link = linkTo(await randomPeer(), { direct: options?.direct ?? true })

    this.table.set(link.peer.toString(), link)

    return link
  }

  async disconnect(...[peer, options]: Parameters<Nebula['disconnect']>): Promise<void> {
    this.#record('disconnect', peer, options)
    this.table.delete(peer.toString())
  }

  async setDirect(peer: PeerId, direct: boolean): Promise<LinkInfo> {
    return linkTo(peer, { direct })
  }

  verifyConnections(): boolean {
    return true
  }

  verifyAnyConnections(): boolean {
    return true
  }

  redialling(): boolean {
    return false
  }

  readyPeers(): PeerId[] {
    return []
  }

  learningPeers(): PeerId[] {
    return []
  }

  addReadyConnection(peer: PeerId): void {
    this.#record('addReadyConnection', peer)
  }

  checkFederationReady(): boolean {
    return false
  }

  createMessage(...[type, action, fields]: Parameters<Nebula['createMessage']>): never {
    this.#record('createMessage', type, action, fields)

    return { type, action: action ?? '', fields: fields ?? {} } as never
  }

  async send(...[peer, message, options]: Parameters<Nebula['send']>): Promise<void> {
    this.#record('send', peer, message, options)
  }

  async request(...[peer, request, options]: Parameters<Nebula['request']>): Promise<Uint8Array> {
    this.#record('request', peer, request, options)

    return request.payload ?? new Uint8Array(0)
  }

  async reply(...[request, payload]: Parameters<Nebula['reply']>): Promise<void> {
    this.#record('reply', request, payload)
  }

  async sendToNeighbours(message: Message): Promise<void> {
    this.#record('sendToNeighbours', message)
  }

  async forwardMessage(): Promise<boolean> {
    return true
  }

  async sendVia(...[proxy, peer, message, options]: Parameters<Nebula['sendVia']>): Promise<void> {
    this.#record('sendVia', proxy, peer, message, options)
  }

  async addToBlacklist(...[target, options = {}]: Parameters<Nebula['addToBlacklist']>): Promise<void> {
    const { reason = '', ttl = 240_000 } = typeof options === 'string' ? { reason: options } : options
    const expiresAt = 1_700_000_000_000 + ttl

    this.#record('addToBlacklist', target, options)

    if (typeof target === 'string') {
      this.addresses.push({ address: parseSubnet(target).text, reason, expiresAt })
    } else {
      this.blacklist.push({ peer: target, kind: 'blacklisted', reason, expiresAt })
    }
  }

  async removeFromBlacklist(target: PeerId | string): Promise<void> {
    this.#record('removeFromBlacklist', target)

    const removed = typeof target === 'string' ? parseSubnet(target).text : undefined

    this.blacklist = this.blacklist.filter(({ peer }) => typeof target === 'string' || !peer.equals(target))
    this.addresses = this.addresses.filter(({ address }) => address !== removed)
  }

  blockedAddresses(): BlockedAddress[] {
    return this.addresses
  }

  warnings(): Warning[] {
    return this.warned
  }

  restrictions(): RestrictionInfo[] {
    return this.blacklist
  }

  applyRestrictions(peers: Iterable<PeerId>): PeerId[] {
    return [...peers]
  }

  async clearRestrictions(): Promise<void> {
    this.#record('clearRestrictions')
    this.blacklist = []
    this.addresses = []
  }

  score(peer: PeerId): number {
    return this.explainScore(peer).score
  }

  explainScore(peer: PeerId): ScoreExplanation {
    return this.explanations.get(peer.toString()) ?? { peer, score: 0, state: 'good', terms: [] }
  }

  scores(): ScoreExplanation[] {
    return [...this.explanations.values()]
  }

  async startBeacon(): Promise<void> {
    this.#record('startBeacon')
    this.beaconRunning = true
  }

  async stopBeacon(): Promise<void> {
    this.#record('stopBeacon')
    this.beaconRunning = false
  }

  async setBeaconInterval(intervalMs: number): Promise<void> {
    this.#record('setBeaconInterval', intervalMs)
    this.beaconInterval = intervalMs
  }

  async startExternalConnectionService(): Promise<void> {
    this.#record('startExternalConnectionService')
    this.externalConnectionServiceRunning = true
  }

  async stopExternalConnectionService(): Promise<void> {
    this.#record('stopExternalConnectionService')
    this.externalConnectionServiceRunning = false
  }

  async findFederation(): Promise<PeerId[]> {
    this.#record('findFederation')

    return []
  }

  readonly running = true

  async stopped(): Promise<void> {}

  async startCommunications(): Promise<PeerId[]> {
    return []
  }

  runReconnections(): PeerId[] {
    return []
  }

  terminateFailedReconnection(): boolean {
    return false
  }

  async clearUnusedUndirectConnections(): Promise<PeerId[]> {
    return []
  }

  async addToRecentlyDisconnected(): Promise<void> {}

  includeReceivedMessageHash(): boolean {
    return true
  }

  getMessagesEvents(): ReturnType<Nebula['getMessagesEvents']> {
    return messagesEvents()
  }

  async register(): Promise<void> {}

  async waitForController(): Promise<void> {}

  models(): ModelInfo[] {
    return []
  }

  openModel(...[id]: Parameters<Nebula['openModel']>): ReadableModel {
    this.#record('openModel', id)

    throw new Error('No model is kept here')
  }

  cancelModel(...[id]: Parameters<Nebula['cancelModel']>): void {
    this.#record('cancelModel', id)
  }

  async createModel(...[model]: Parameters<Nebula['createModel']>): Promise<ModelInfo> {
    this.#record('createModel', model)

    throw new Error('No model is made here')
  }

  async sendModel(...[peers, model]: Parameters<Nebula['sendModel']>): Promise<ModelDelivery[]> {
    this.#record('sendModel', peers, model)

    return peers.map((peer) => ({ peer, outcome: 'delivered' }))
  }

  async fetchModel(...[id, peer]: Parameters<Nebula['fetchModel']>): Promise<ReceivedModel> {
    this.#record('fetchModel', id, peer)

    throw new Error('No model is had here')
  }

  async lateJoin(...[options]: Parameters<Nebula['lateJoin']>): ReturnType<Nebula['lateJoin']> {
    this.#record('lateJoin', options)

    return { offers: [], candidates: [], neighbours: [] }
  }

  async joinFederation(...[options]: Parameters<Nebula['joinFederation']>) {
    this.#record('joinFederation', options)

    return {
      discoversSent: 1,
      linksMade: this.peers(),
      linksKept: [],
      leftOut: [{ member: this.peerId, reason: 'failed' as const, error: new Error('nobody listens') }]
    }
  }
}

export async function randomPeer(): Promise<PeerId> {
  return peerIdFromPrivateKey(await generateKeyPair('Ed25519'))
}

export function linkTo(peer: PeerId, fields: Partial<LinkInfo> = {}): LinkInfo {
  return {
    peer,
    state: 'open',
    direct: true,
    priority: 'medium',
    direction: 'outbound',
    remoteAddr: multiaddr('/ip4/127.0.0.1/tcp/4001'),
    proxy: false,
    roles: [],
    round: null,
    agent: 'test/1',
    openedAt: 1_700_000_000_000,
    lastActivity: 1_700_000_000_000,
    ready: false,
    messagesSent: 0,
    messagesReceived: 0,
    bytesSent: 0,
    bytesReceived: 0,
    ...fields
  }
}
