import { AbortError, peerDiscoverySymbol } from '@libp2p/interface'
import { TypedEventEmitter } from 'main-event'
import { anySignal } from 'any-signal'
import { systemClock } from '../lib/clock.ts'
import { pause } from '../lib/pause.ts'
import { TokenBucket } from '../lib/token-bucket.ts'
import { announcedAddrs } from './announced-addrs.ts'
import { FIND_TIMEOUT_MS, NEW_PEERS_AT_ONCE, NEW_PEERS_PER_SECOND } from './constants.ts'
import { MdnsBeacon } from './mdns-beacon.ts'
import { Presence } from './presence.ts'
import type { AddressPolicy } from './announced-addrs.ts'
import type { BeaconPeer, MdnsBeaconComponents, MdnsBeaconInit } from './mdns-beacon.ts'
import type { Clock } from '../lib/clock.ts'
import type { AbortOptions, PeerDiscovery, PeerId, PeerInfo, Startable } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

export interface FederationDiscoveryInit extends MdnsBeaconInit {
  /** Whether the beacon starts with the node. @default true */
  enabled?: boolean
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
  peer: CustomEvent<PeerInfo>
  /** A peer that was not present. */
  found: CustomEvent<PeerInfo>
  /** A peer that is present, and whose addresses are others now. */
  moved: CustomEvent<PeerInfo>
}

/** The members of the federation on the LAN: the beacon, and who has answered it not long ago. */
export class FederationDiscovery
  extends TypedEventEmitter<FederationDiscoveryEvents>
  implements Startable, PeerDiscovery
{
  readonly [peerDiscoverySymbol] = this
  readonly [Symbol.toStringTag] = 'nebula-federation-discovery'
  readonly #beacon: MdnsBeacon
  readonly #presence: Presence
  readonly #clock: Clock
  readonly #enabled: boolean
  readonly #findTimeout: number
  readonly #addresses: AddressPolicy
  readonly #newPeers: TokenBucket
  /** Whether the beacon is to run, also when nobody waits for answers. */
  #wanted = false
  /** Calls of `find` that wait for answers. */
  #finds = 0
  #shutdown = new AbortController()

  constructor(components: MdnsBeaconComponents, init: FederationDiscoveryInit) {
    super()
    this.#clock = init.clock ?? systemClock
    this.#enabled = init.enabled ?? true
    this.#findTimeout = init.findTimeout ?? FIND_TIMEOUT_MS
    this.#addresses = init.addresses ?? 'private'
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

  start(): void {}

  /** The beacon announces the listeners' addresses, so it starts when they are up. */
  async afterStart(): Promise<void> {
    if (this.#enabled) {
      await this.startBeacon()
    }
  }

  /** Ends the beacon and all calls of `find`. */
  async stop(): Promise<void> {
    this.#shutdown.abort(new AbortError('The overlay was stopped'))
    this.#shutdown = new AbortController()
    this.#wanted = false
    await this.#beacon.stop()
    this.#presence.clear()
  }

  get beaconRunning(): boolean {
    return this.#beacon.running
  }

  get beaconInterval(): number {
    return this.#beacon.interval
  }

  async startBeacon(): Promise<void> {
    this.#wanted = true
    await this.#beacon.start()
  }

  async stopBeacon(): Promise<void> {
    this.#wanted = false
    await this.#stopUnused()
  }

  async setBeaconInterval(ms: number): Promise<void> {
    await this.#beacon.setInterval(ms)
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

  /** As `present`, but asks the LAN and waits for answers when nobody is known. */
  async find(options: AbortOptions = {}): Promise<PeerInfo[]> {
    options.signal?.throwIfAborted()

    if (this.#presence.size > 0) {
      return this.present()
    }

    const signal = anySignal([options.signal, this.#shutdown.signal])

    this.#finds++

    try {
      await this.#ask()
      await pause(this.#clock, this.#findTimeout, signal)
    } finally {
      signal.clear()
      this.#finds--
      await this.#stopUnused()
    }

    return this.present()
  }

  async #ask(): Promise<void> {
    if (this.#beacon.running) {
      // which asks at once
      await this.#beacon.setInterval(this.#beacon.interval)
    } else {
      await this.#beacon.start()
    }
  }

  async #stopUnused(): Promise<void> {
    if (!this.#wanted && this.#finds === 0) {
      await this.#beacon.stop()
    }
  }

  #onPeer({ id, multiaddrs, source }: BeaconPeer): void {
    const info = { id, multiaddrs: announcedAddrs(multiaddrs, this.#addresses) }

    if (info.multiaddrs.length === 0 || (this.#presence.addrs(id) == null && !this.#newPeers.take())) {
      return
    }

    const sighting = this.#presence.seen(info, source)
    const known = { id: info.id, multiaddrs: this.#presence.addrs(info.id) ?? [] }

    this.safeDispatchEvent('peer', { detail: known })

    if (sighting !== 'known') {
      this.#beacon.noteChange()
      this.safeDispatchEvent(sighting === 'new' ? 'found' : 'moved', { detail: known })
    }
  }
}
