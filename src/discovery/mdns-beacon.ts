import { peerDiscoverySymbol } from '@libp2p/interface'
import { isPrivate } from '@libp2p/utils'
import { TypedEventEmitter } from 'main-event'
import { systemClock } from '../../protocols/clock.ts'
import { BeaconInterval } from './beacon-interval.ts'
import { BEACON_INTERVAL_MS, MAX_BEACON_INTERVAL_MS, SERVICE_TAG_PREFIX } from './constants.ts'
import { MdnsInstance } from './mdns-instance.ts'
import type { Clock, Random, Timer } from '../../protocols/clock.ts'
import type { ComponentLogger, Logger, PeerDiscovery, PeerId, PeerInfo, Startable } from '@libp2p/interface'
import type { AddressManager } from '@libp2p/interface-internal'
import type { MulticastDNSComponents, MulticastDNSInit } from '@libp2p/mdns'

export interface MdnsBeaconComponents {
  addressManager: AddressManager
  logger: ComponentLogger
  peerId: PeerId
}

/** `mdns` of `@libp2p/mdns`. */
export type MdnsFactory = (init: MulticastDNSInit) => (components: MulticastDNSComponents) => PeerDiscovery

export interface MdnsBeaconInit {
  federation: string
  /** Milliseconds between two questions after a change. @default BEACON_INTERVAL_MS */
  interval?: number
  /** Milliseconds the interval doubles up to while nothing changes. @default MAX_BEACON_INTERVAL_MS */
  maxInterval?: number
  /** UDP port. @default 5353 */
  port?: number
  /** IPv4 multicast group. @default '224.0.0.251' */
  ip?: string
  clock?: Clock
  random?: Random
  /** @default the `mdns` of `@libp2p/mdns`, imported when the beacon starts, as a browser cannot load it */
  mdns?: MdnsFactory
}

export interface MdnsBeaconEvents {
  /** An answer of another node, also a repeated one. Unauthenticated, and of any size that fits a datagram. */
  peer: CustomEvent<PeerInfo>
  /** The LAN cannot be asked; tried again with the next question. `code` is EADDRINUSE or EACCES when it is the port. */
  error: CustomEvent<Error>
}

/**
 * Finds the federation's nodes on the LAN, and lets them find this one: each
 * question is multicast, and every node that hears it answers by multicast.
 *
 * `@libp2p/mdns` does the asking and answering; it asks when it starts, and
 * then at an interval that cannot be changed. So each question here starts a
 * new instance and then stops the one before, which costs a UDP socket per
 * question, and gains what an instance that stays cannot do: any interval at
 * any time, jitter, a new attempt to bind a port that was taken, and a new
 * membership in the group when an interface has gone and come back with its
 * address (`multicast-dns` joins once per address). The one before stops when
 * the next has joined, so that the kernel does not leave the group, and before
 * the next has received anything, so that no question is answered twice.
 *
 * Addresses that are not private are never announced (libp2p's specification
 * of mDNS). Start it when the node's listeners are up: a node without
 * addresses answers nothing.
 *
 * @see https://github.com/libp2p/specs/blob/master/discovery/mdns.md
 */
export class MdnsBeacon extends TypedEventEmitter<MdnsBeaconEvents> implements Startable, PeerDiscovery {
  private readonly components: MdnsBeaconComponents
  private readonly serviceTag: string
  private readonly port?: number
  private readonly ip?: string
  private readonly clock: Clock
  private readonly peerName: string
  private readonly log: Logger
  #mdns?: MdnsFactory
  readonly #interval: BeaconInterval
  #running = false
  #timer?: Timer
  #timerAt = 0
  #instance?: MdnsInstance
  /** Starts and stops of instances, one after the other. */
  #work: Promise<void> = Promise.resolve()

  readonly [peerDiscoverySymbol] = this
  readonly [Symbol.toStringTag] = 'nebula-mdns-beacon'

  constructor(components: MdnsBeaconComponents, init: MdnsBeaconInit) {
    super()

    const random = init.random ?? Math.random
    this.components = components
    this.serviceTag = `${SERVICE_TAG_PREFIX}${init.federation}._udp.local`
    this.port = init.port
    this.ip = init.ip
    this.clock = init.clock ?? systemClock
    this.log = components.logger.forComponent('nebula:mdns-beacon')
    this.peerName = instanceName(random)
    this.#mdns = init.mdns
    this.#interval = new BeaconInterval(
      init.interval ?? BEACON_INTERVAL_MS,
      init.maxInterval ?? MAX_BEACON_INTERVAL_MS,
      random
    )
  }

  get running(): boolean {
    return this.#running
  }

  /** Milliseconds between two questions when something has changed lately. */
  get interval(): number {
    return this.#interval.base
  }

  /** Resolves when the first question has been handed to the system; a failure is an `error` event. */
  async start(): Promise<void> {
    if (!this.#running) {
      this.#running = true
      this.#interval.begin()
      this.#tick()
    }

    await this.#work
  }

  /** Resolves when the socket is closed. */
  async stop(): Promise<void> {
    if (this.#running) {
      this.#running = false
      this.#timer?.clear()
      this.#enqueue(async () => {
        await this.#replaceInstance(undefined)
      })
    }

    await this.#work
  }

  /**
   * Changes the interval, and asks at once when running.
   *
   * @throws {InvalidParametersError} when it is not between SHORTEST_ and LONGEST_BEACON_INTERVAL_MS
   */
  async setInterval(ms: number): Promise<void> {
    this.#interval.base = ms

    if (this.#running) {
      this.#timer?.clear()
      this.#tick()
    }

    await this.#work
  }

  /** To be called when a peer came or a link was lost: the next question follows within the interval. */
  noteChange(): void {
    this.#interval.reset()

    if (this.#running && this.#timerAt - this.clock.now() > this.#interval.base) {
      this.#timer?.clear()
      this.#arm()
    }
  }

  #tick(): void {
    this.#enqueue(async () => {
      await this.#ask()
    })
    this.#arm()
  }

  #arm(): void {
    const delay = this.#interval.next()

    this.#timerAt = this.clock.now() + delay
    this.#timer = this.clock.setTimeout(() => this.#tick(), delay)
  }

  #enqueue(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((err: unknown) => {
      this.#onError(err instanceof Error ? err : new Error(String(err)))
    })
  }

  async #ask(): Promise<void> {
    if (!this.#running) {
      return
    }

    this.#mdns ??= (await import('@libp2p/mdns')).mdns

    if (!this.components.addressManager.getAddresses().some((addr) => isPrivate(addr))) {
      this.log('no private address: nobody on the LAN can find this node')
    }

    const discovery = this.#mdns({
      serviceTag: this.serviceTag,
      peerName: this.peerName,
      interval: NEVER_MS,
      port: this.port,
      ip: this.ip
    })(this.components)

    await this.#replaceInstance(
      new MdnsInstance(discovery, {
        onPeer: (info) => this.#onPeer(info),
        onError: (err) => this.#onError(err)
      })
    )
  }

  /** Takes the instance in the place of the one there is; with `undefined` there is none afterwards. */
  async #replaceInstance(next: MdnsInstance | undefined): Promise<void> {
    const last = this.#instance
    this.#instance = next

    try {
      await next?.start()
    } finally {
      await last?.stop()
    }
  }

  #onPeer(info: PeerInfo): void {
    // a forged answer can name this node
    if (this.#running && !info.id.equals(this.components.peerId)) {
      this.safeDispatchEvent('peer', { detail: info })
    }
  }

  #onError(err: Error): void {
    this.log.error('cannot ask the LAN - %e', err)
    this.safeDispatchEvent('error', { detail: err })
  }
}

/** The longest delay a timer takes; an instance is gone long before. */
const NEVER_MS = 2 ** 31 - 1

/** A DNS label; the same for all instances, so that others see one answerer. */
function instanceName(random: Random): string {
  return Array.from({ length: 32 }, () => Math.floor(random() * 36).toString(36)).join('')
}
