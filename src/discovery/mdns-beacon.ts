import { peerDiscoverySymbol } from '@libp2p/interface'
import { TypedEventEmitter } from 'main-event'
import { systemClock } from '../lib/clock.ts'
import { Warnings } from '../warnings/index.ts'
import { BeaconInterval } from './beacon-interval.ts'
import {
  BEACON_INTERVAL_MS,
  EXCLUDED_INTERFACES,
  MAX_BEACON_INTERVAL_MS,
  MDNS_IP4,
  MDNS_IP6,
  MDNS_PORT,
  REFRESH_INTERVAL_MS
} from './constants.ts'
import { LanFaults } from './lan-faults.ts'
import { speakingDelay } from './lan/responder.ts'
import type { AddressPolicy } from './announced-addrs.ts'
import type { MdnsFactory } from './lan/answer-reader.ts'
import type { HeardPeer, MdnsLan } from './lan/mdns-lan.ts'
import type { Datagrams, LanModes } from './lan/types.ts'
import type { Clock, Random, Timer } from '../lib/clock.ts'
import type { GeoLocation } from '../lib/geo-location.ts'
import type {
  ComponentLogger,
  Libp2pEvents,
  Logger,
  PeerDiscovery,
  PeerId,
  Startable,
  TypedEventTarget
} from '@libp2p/interface'
import type { AddressManager } from '@libp2p/interface-internal'

export interface MdnsBeaconComponents {
  addressManager: AddressManager
  /** Tells when the addresses change; without it they are looked at now and then. */
  events?: TypedEventTarget<Libp2pEvents>
  logger: ComponentLogger
  peerId: PeerId
}

export interface MdnsBeaconInit {
  federation: string
  /** Milliseconds between two questions, and two announcements, after a change. @default BEACON_INTERVAL_MS */
  interval?: number
  /** Milliseconds the interval doubles up to while nothing changes. @default MAX_BEACON_INTERVAL_MS */
  maxInterval?: number
  /** UDP port. @default 5353 */
  port?: number
  /** IPv4 multicast group. @default '224.0.0.251' */
  ip?: string
  /** IPv6 multicast group. @default 'ff02::fb' */
  ip6?: string
  /** Interfaces to use, by name, in which * stands for any characters, or by subnet; none means all. @default [] */
  interfaces?: string[]
  /** Interfaces not to use. @default ['veth*'] */
  excludeInterfaces?: string[]
  /** Which addresses are announced, and which announced ones are believed. @default 'private' */
  addresses?: AddressPolicy
  /** Where on earth this node is now, which is announced with its addresses. @default it is not told */
  location?(): GeoLocation | undefined
  /**
   * TCP ports on which this node takes connections to a link-local IPv6 address of
   * its own, which is announced where the interface has no other. @default none
   */
  linkLocalPorts?(address: string): number[]
  clock?: Clock
  random?: Random
  /** Where it is told that the LAN cannot be asked. @default the log only */
  warnings?: Pick<Warnings, 'raise' | 'end' | 'endAll'>
  /** @default the `mdns` of `@libp2p/mdns`, imported when the beacon starts, as a browser cannot load it */
  mdns?: MdnsFactory
  /** The system's sockets and interfaces. @default those of Node.js */
  datagrams?: Datagrams
}

export interface BeaconPeer extends HeardPeer {
  /** Where the peer was heard: on another interface it may announce other addresses. */
  source: string
}

export interface MdnsBeaconEvents {
  /** An answer of another node, also a repeated one. Unauthenticated. */
  peer: CustomEvent<BeaconPeer>
}

const ADDRESS_EVENTS = ['transport:listening', 'transport:close', 'self:peer:update'] as const

const EVERYTHING: LanModes = { hear: true, answer: true, announce: true }
const NOTHING: LanModes = { hear: false, answer: false, announce: false }

/**
 * Finds the federation's nodes on the LAN, and lets them find this one; each
 * also without the other (`setModes`). It decides when to ask and to announce,
 * and follows what changes; what is said on which interface is with `lan/`.
 * Start it at any time: a node without addresses answers nothing, and announces
 * itself when it has some.
 *
 * Addresses that are not private are not announced unless the policy says so
 * (libp2p's specification of mDNS).
 *
 * @see https://github.com/libp2p/specs/blob/master/discovery/mdns.md
 */
export class MdnsBeacon extends TypedEventEmitter<MdnsBeaconEvents> implements Startable, PeerDiscovery {
  readonly #components: MdnsBeaconComponents
  readonly #init: MdnsBeaconInit
  readonly #clock: Clock
  readonly #random: Random
  readonly #label: string
  readonly #log: Logger
  readonly #interval: BeaconInterval
  readonly #faults: LanFaults
  #modes = NOTHING
  #lan?: MdnsLan
  /** When it asks and announces next. */
  #next?: Timer
  #nextAt = 0
  #refresh?: Timer
  /** Opening, following and closing of sockets, one after the other. */
  #work: Promise<void> = Promise.resolve()

  readonly [peerDiscoverySymbol] = this
  readonly [Symbol.toStringTag] = 'nebula-mdns-beacon'

  constructor(components: MdnsBeaconComponents, init: MdnsBeaconInit) {
    super()
    this.#components = components
    this.#init = init
    this.#clock = init.clock ?? systemClock
    this.#random = init.random ?? Math.random
    this.#log = components.logger.forComponent('nebula:mdns-beacon')
    this.#label = instanceLabel(this.#random)
    this.#interval = new BeaconInterval(
      init.interval ?? BEACON_INTERVAL_MS,
      init.maxInterval ?? MAX_BEACON_INTERVAL_MS,
      this.#random
    )
    this.#faults = new LanFaults(init.warnings ?? new Warnings(components, { clock: this.#clock }), {
      clock: this.#clock,
      port: init.port ?? MDNS_PORT
    })
  }

  /** Whether it does anything at all. */
  get running(): boolean {
    return this.#modes.hear || this.#modes.answer || this.#modes.announce
  }

  /** Milliseconds between two questions, or announcements, when something has changed lately. */
  get interval(): number {
    return this.#interval.base
  }

  /** Does everything: hears, answers and announces. */
  async start(): Promise<void> {
    await this.setModes(EVERYTHING)
  }

  /** Resolves when the sockets are closed. */
  async stop(): Promise<void> {
    await this.setModes(NOTHING)
  }

  /**
   * Resolves when the sockets are open, or could not be opened, which is a
   * warning; or closed, where there is nothing to do. The first question and
   * announcement follow at once.
   */
  async setModes(modes: LanModes): Promise<void> {
    const wasRunning = this.running

    this.#modes = modes

    if (this.running && !wasRunning) {
      ADDRESS_EVENTS.forEach((type) => this.#components.events?.addEventListener(type, this.#onAddresses))
    } else if (!this.running) {
      ADDRESS_EVENTS.forEach((type) => this.#components.events?.removeEventListener(type, this.#onAddresses))
      this.#next?.clear()
      this.#refresh?.clear()
    }

    this.#enqueue(async () => await this.#apply())
    await this.#work
  }

  /**
   * Changes the interval; asks and announces at once, as far as it does.
   *
   * @throws {InvalidParametersError} when it is not between SHORTEST_ and LONGEST_BEACON_INTERVAL_MS
   */
  async setInterval(ms: number): Promise<void> {
    this.#interval.base = ms
    this.#enqueue(async () => {
      // the port may be free again
      await this.#follow()
      this.#speak()
    })
    await this.#work
  }

  /** To be called when a peer came or a link was lost: the next question follows within the interval. */
  noteChange(): void {
    this.#interval.reset()

    if (this.running && this.#nextAt - this.#clock.now() > this.#interval.base) {
      this.#arm(this.#interval.next())
    }
  }

  /** To be called when the location has changed. */
  announceChanges(): void {
    this.#lan?.announceChanges()
  }

  async #apply(): Promise<void> {
    const lan = this.#lan

    if (!this.running) {
      await this.#close()
    } else if (lan == null) {
      await this.#open()
    } else {
      const heard = lan.modes.hear

      await lan.setModes(this.#modes)

      if (lan.modes.hear && !heard) {
        this.#begin()
      }
    }
  }

  async #open(): Promise<void> {
    const { MdnsLan } = await import('./lan/mdns-lan.ts')
    const init = this.#init

    this.#lan = new MdnsLan(this.#components, {
      federation: init.federation,
      label: this.#label,
      port: init.port ?? MDNS_PORT,
      groups: { ipv4: init.ip ?? MDNS_IP4, ipv6: init.ip6 ?? MDNS_IP6 },
      interfaces: {
        include: init.interfaces ?? [],
        exclude: init.excludeInterfaces ?? EXCLUDED_INTERFACES
      },
      addresses: init.addresses ?? 'private',
      linkLocalPorts: init.linkLocalPorts,
      modes: this.#modes,
      location: init.location,
      clock: this.#clock,
      random: this.#random,
      mdns: init.mdns ?? (await import('@libp2p/mdns')).mdns,
      datagrams: init.datagrams,
      onPeer: (info, source) => this.#onPeer({ ...info, source })
    })
    await this.#follow()
  }

  async #close(): Promise<void> {
    const lan = this.#lan

    this.#lan = undefined
    this.#faults.clear()
    await lan?.close()
  }

  /** Follows what has changed, again and again. Where there is a new interface, it speaks soon as at the start. */
  async #follow(): Promise<void> {
    const lan = this.#lan

    if (lan == null || !this.running) {
      return
    }

    this.#refresh?.clear()

    try {
      const isNew = await lan.refresh()
      this.#faults.check(lan.state)

      if (isNew) {
        this.#begin()
      }
    } finally {
      if (this.running) {
        this.#refresh = this.#clock.setTimeout(() => {
          this.#enqueue(async () => await this.#follow())
        }, REFRESH_INTERVAL_MS)
      }
    }
  }

  /** Speaks soon, and again soon after that. */
  #begin(): void {
    this.#interval.begin()
    this.#arm(speakingDelay(this.#random))
  }

  #arm(delay: number): void {
    if (this.running) {
      this.#next?.clear()
      this.#nextAt = this.#clock.now() + delay
      this.#next = this.#clock.setTimeout(() => this.#speak(), delay)
    }
  }

  #speak(): void {
    if (this.running) {
      this.#lan?.speak()
      this.#arm(this.#interval.next())
    }
  }

  readonly #onAddresses = (): void => {
    this.announceChanges()
  }

  #enqueue(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((err: unknown) => {
      this.#log.error('the LAN cannot be asked - %e', err)
    })
  }

  #onPeer(info: BeaconPeer): void {
    if (this.#modes.hear) {
      this.safeDispatchEvent('peer', { detail: info })
    }
  }
}

/** A DNS label, by which others tell this run of this node from all others. */
function instanceLabel(random: Random): string {
  return Array.from({ length: 32 }, () => Math.floor(random() * 36).toString(36)).join('')
}
