import { NotStartedError, peerDiscoverySymbol } from '@libp2p/interface'
import { TypedEventEmitter } from 'main-event'
import { anySignal } from 'any-signal'
import { systemClock } from '../lib/clock.ts'
import { Lifetime } from '../lib/lifetime.ts'
import { pause } from '../lib/wait-for.ts'
import { TokenBucket } from '../lib/token-bucket.ts'
import { FIND_TIMEOUT_MS, NEW_PEERS_AT_ONCE, NEW_PEERS_PER_SECOND } from './constants.ts'
import { MdnsBeacon } from './mdns-beacon.ts'
import { Presence } from './presence.ts'
import type { HeardPeer } from './lan/mdns-lan.ts'
import type { BeaconPeer, MdnsBeaconComponents, MdnsBeaconInit } from './mdns-beacon.ts'
import type { Clock } from '../lib/clock.ts'
import type { AbortOptions, PeerDiscovery, PeerId, PeerInfo, Startable } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

export interface FederationDiscoveryInit extends MdnsBeaconInit {
  /** Whether anything of the following starts with the node. @default true */
  enabled?: boolean
  /** Whether the beacon starts with the node. @default true */
  beacon?: boolean
  /** Whether the external connection service starts with the node. @default true */
  externalConnectionService?: boolean
  /** Milliseconds. @default 120_000 */
  presenceTtl?: number
  /** @default 1_000 */
  maxPeers?: number
  /** Peers not known that are believed in a second, after 1,000 at once. @default 16 */
  newPeersPerSecond?: number
  /** @default 16 */
  maxAddrsPerPeer?: number
  /** Milliseconds. @default 1_500 */
  findTimeout?: number
}

export interface FederationDiscoveryEvents {
  /** An announcement of another node; libp2p adds its addresses to the peer store. */
  peer: CustomEvent<HeardPeer>
  /** A peer that was not present. */
  found: CustomEvent<PeerInfo>
  /** A peer that is present, and whose addresses are others now. */
  moved: CustomEvent<PeerInfo>
}

/**
 * The members of the federation on the LAN: who has been heard not long ago.
 *
 * The beacon announces this node and does nothing else. The external connection
 * service asks who is there, hears announcements and answers, and answers the
 * questions of others. Each runs without the other.
 */
export class FederationDiscovery
  extends TypedEventEmitter<FederationDiscoveryEvents>
  implements Startable, PeerDiscovery
{
  readonly [peerDiscoverySymbol] = this
  readonly [Symbol.toStringTag] = 'nebula-federation-discovery'
  readonly #beacon: MdnsBeacon
  readonly #presence: Presence
  readonly #clock: Clock
  readonly #atStart: { beacon: boolean; service: boolean }
  readonly #findTimeout: number
  readonly #newPeers: TokenBucket
  #running = false
  #announces = false
  #serves = false
  /** Calls of `find` that wait for answers, which are heard also without the service. */
  readonly #finds = new Set<AbortSignal>()
  readonly #lifetime = new Lifetime()

  constructor(components: MdnsBeaconComponents, init: FederationDiscoveryInit) {
    super()
    this.#clock = init.clock ?? systemClock
    this.#atStart = {
      beacon: (init.enabled ?? true) && (init.beacon ?? true),
      service: (init.enabled ?? true) && (init.externalConnectionService ?? true)
    }
    this.#findTimeout = init.findTimeout ?? FIND_TIMEOUT_MS
    this.#newPeers = new TokenBucket(this.#clock, {
      burst: NEW_PEERS_AT_ONCE,
      perSecond: init.newPeersPerSecond ?? NEW_PEERS_PER_SECOND
    })
    this.#presence = new Presence({
      maxPeers: init.maxPeers,
      maxAddrs: init.maxAddrsPerPeer,
      ttl: init.presenceTtl,
      clock: this.#clock
    })
    this.#beacon = new MdnsBeacon(components, init)
    this.#beacon.addEventListener('peer', ({ detail }) => this.#onPeer(detail))
  }

  start(): void {
    this.#lifetime.start()
    this.#running = true
  }

  /** The listeners' addresses are announced, so they have to be up. */
  async afterStart(): Promise<void> {
    this.#running = true
    this.#announces ||= this.#atStart.beacon
    this.#serves ||= this.#atStart.service
    await this.#apply()
  }

  /** Ends the beacon, the service and all calls of `find`. */
  async stop(): Promise<void> {
    this.#lifetime.stop()
    this.#running = false
    this.#announces = false
    this.#serves = false
    this.#finds.clear()
    await this.#apply()
    this.#presence.clear()
  }

  get beaconRunning(): boolean {
    return this.#announces
  }

  get serviceRunning(): boolean {
    return this.#serves
  }

  get beaconInterval(): number {
    return this.#beacon.interval
  }

  /** @throws {NotStartedError} before `start` and after `stop` */
  async startBeacon(): Promise<void> {
    this.#assertRunning()
    this.#announces = true
    await this.#apply()
  }

  async stopBeacon(): Promise<void> {
    this.#announces = false
    await this.#apply()
  }

  /** @throws {NotStartedError} before `start` and after `stop` */
  async startService(): Promise<void> {
    this.#assertRunning()
    this.#serves = true
    await this.#apply()
  }

  async stopService(): Promise<void> {
    this.#serves = false
    await this.#apply()
  }

  async setBeaconInterval(ms: number): Promise<void> {
    await this.#beacon.setInterval(ms)
  }

  /** To be called when the location of this node has changed. */
  announceChanges(): void {
    this.#beacon.announceChanges()
  }

  /** To be called when a link was lost: the LAN is asked sooner. */
  noteChange(): void {
    this.#beacon.noteChange()
  }

  /** To be called when the clock has leapt by so many milliseconds: it expires nobody. */
  onLeap(ms: number): void {
    this.#presence.shift(ms)
  }

  /** Who has announced itself not long ago. */
  present(): PeerInfo[] {
    return this.#presence.present()
  }

  /** Where the peer announced itself not long ago; nothing when it did not. */
  announced(peer: PeerId): Multiaddr[] {
    return this.#presence.addrs(peer) ?? []
  }

  /**
   * As `present`, but asks the LAN and waits for answers when nobody is known.
   *
   * @throws {NotStartedError} before `start` and after `stop`
   */
  async find(options: AbortOptions = {}): Promise<PeerInfo[]> {
    options.signal?.throwIfAborted()
    this.#assertRunning()

    if (this.#presence.size > 0) {
      return this.present()
    }

    const signal = anySignal([options.signal, this.#lifetime.signal])

    try {
      await this.#ask(signal)
      await pause(this.#clock, this.#findTimeout, signal)
    } finally {
      signal.clear()
      this.#finds.delete(signal)
      await this.#apply()
    }

    return this.present()
  }

  /** Sockets that are opened after `stop` would never be closed. */
  #assertRunning(): void {
    if (!this.#running) {
      throw new NotStartedError('The overlay is not started, and does not use the LAN')
    }
  }

  async #ask(find: AbortSignal): Promise<void> {
    const hears = this.#hears

    this.#finds.add(find)

    if (hears) {
      // which asks at once
      await this.#beacon.setInterval(this.#beacon.interval)
    } else {
      await this.#apply()
    }
  }

  get #hears(): boolean {
    return this.#serves || this.#finds.size > 0
  }

  async #apply(): Promise<void> {
    await this.#beacon.setModes({ hear: this.#hears, answer: this.#serves, announce: this.#announces })
  }

  #onPeer({ id, multiaddrs, location, source }: BeaconPeer): void {
    const info = { id, multiaddrs }

    if (this.#presence.addrs(id) == null && !this.#newPeers.take()) {
      return
    }

    const sighting = this.#presence.seen(info, source)
    const known = { id: info.id, multiaddrs: this.#presence.addrs(info.id) ?? [] }

    this.safeDispatchEvent('peer', { detail: { ...known, ...(location == null ? {} : { location }) } })

    if (sighting !== 'known') {
      this.#beacon.noteChange()
      this.safeDispatchEvent(sighting === 'new' ? 'found' : 'moved', { detail: known })
    }
  }
}
