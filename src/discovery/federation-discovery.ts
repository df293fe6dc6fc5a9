import { peerDiscoverySymbol } from '@libp2p/interface'
import { TypedEventEmitter } from 'main-event'
import { raceSignal } from 'race-signal'
import { systemClock } from '../../protocols/clock.ts'
import { FIND_TIMEOUT_MS } from './constants.ts'
import { MdnsBeacon } from './mdns-beacon.ts'
import { Presence } from './presence.ts'
import type { MdnsBeaconComponents } from './mdns-beacon.ts'
import type { Clock, Random } from '../../protocols/clock.ts'
import type { AbortOptions, PeerDiscovery, PeerInfo, Startable } from '@libp2p/interface'

export interface FederationDiscoveryInit {
  federation: string
  clock?: Clock
  random?: Random
  /** Whether the beacon starts with the node. @default true */
  enabled?: boolean
  /** Milliseconds. @default 10_000 */
  interval?: number
  /** Milliseconds. @default 30_000 */
  maxInterval?: number
  port?: number
  ip?: string
  /** Milliseconds. @default 120_000 */
  presenceTtl?: number
  /** @default 1_000 */
  maxPeers?: number
  /** @default 16 */
  maxAddrsPerPeer?: number
  /** Milliseconds. @default 1_000 */
  findTimeout?: number
}

export interface FederationDiscoveryEvents {
  /** An announcement of another node; libp2p adds its addresses to the peer store. */
  peer: CustomEvent<PeerInfo>
  /** A peer that was not present, or one whose addresses are others now. */
  found: CustomEvent<PeerInfo>
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

  constructor(components: MdnsBeaconComponents, init: FederationDiscoveryInit) {
    super()
    this.#clock = init.clock ?? systemClock
    this.#enabled = init.enabled ?? true
    this.#findTimeout = init.findTimeout ?? FIND_TIMEOUT_MS
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

  async stop(): Promise<void> {
    await this.stopBeacon()
    this.#presence.clear()
  }

  get beaconRunning(): boolean {
    return this.#beacon.running
  }

  get beaconInterval(): number {
    return this.#beacon.interval
  }

  async startBeacon(): Promise<void> {
    await this.#beacon.start()
  }

  async stopBeacon(): Promise<void> {
    await this.#beacon.stop()
  }

  async setBeaconInterval(ms: number): Promise<void> {
    await this.#beacon.setInterval(ms)
  }

  /** To be called when a link was lost: the LAN is asked sooner. */
  noteChange(): void {
    this.#beacon.noteChange()
  }

  /** Who has announced itself not long ago. */
  present(): PeerInfo[] {
    return this.#presence.present()
  }

  /** As `present`, but asks the LAN and waits for answers when nobody is known. */
  async find(options: AbortOptions = {}): Promise<PeerInfo[]> {
    if (this.#presence.size > 0) {
      return this.present()
    }

    const running = this.#beacon.running

    if (running) {
      await this.#beacon.setInterval(this.#beacon.interval)
    } else {
      await this.#beacon.start()
    }

    const waited = Promise.withResolvers<void>()
    const timer = this.#clock.setTimeout(waited.resolve, this.#findTimeout)

    try {
      await raceSignal(waited.promise, options.signal)
    } finally {
      timer.clear()

      if (!running) {
        await this.#beacon.stop()
      }
    }

    return this.present()
  }

  #onPeer(info: PeerInfo): void {
    const sighting = this.#presence.seen(info)
    const known = { id: info.id, multiaddrs: this.#presence.addrs(info.id) ?? [] }

    this.safeDispatchEvent('peer', { detail: known })

    if (sighting !== 'known') {
      this.#beacon.noteChange()
      this.safeDispatchEvent('found', { detail: known })
    }
  }
}
