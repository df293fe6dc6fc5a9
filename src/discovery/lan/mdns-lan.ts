import { perSecond, TokenBucket } from '../../lib/token-bucket.ts'
import { LEGACY_ANSWERS_PER_SECOND } from '../constants.ts'
import { AnswerReader } from './answer-reader.ts'
import { answer, goodbye, legacyAnswer, question, textsOf } from './answers.ts'
import { announcedAddrs } from '../announced-addrs.ts'
import { nodeDatagrams } from './datagrams.ts'
import { interfaceFilter } from './interfaces.ts'
import { LanSockets } from './lan-sockets.ts'
import { addrsOn, announceable, isLoopback } from './own-addresses.ts'
import { withZone } from './link-local.ts'
import { PacketLimits } from './packet-limits.ts'
import { isOfInterest, readPacket } from './read-packet.ts'
import { Responder } from './responder.ts'
import { serviceNames } from './service-names.ts'
import type { AddressPolicy } from '../announced-addrs.ts'
import type { MdnsFactory } from './answer-reader.ts'
import type { AnswerKind, Announcement } from './answers.ts'
import type { InterfaceFilterInit } from './interfaces.ts'
import type { Arrival } from './lan-sockets.ts'
import type { Asked, Instance } from './read-packet.ts'
import type { ServiceNames } from './service-names.ts'
import type { Datagrams, IpFamily, LanInterface, LanModes } from './types.ts'
import type { Clock, Random } from '../../lib/clock.ts'
import type { GeoLocation } from '../../lib/geo-location.ts'
import type { ComponentLogger, Logger, PeerId, PeerInfo } from '@libp2p/interface'
import type { AddressManager } from '@libp2p/interface-internal'

export interface MdnsLanComponents {
  addressManager: AddressManager
  logger: ComponentLogger
  peerId: PeerId
}

export interface HeardPeer extends PeerInfo {
  /** Where on earth it says it is. */
  location?: GeoLocation
}

export interface MdnsLanInit {
  federation: string
  /** A DNS label of this node. */
  label: string
  port: number
  groups: Record<IpFamily, string>
  interfaces: InterfaceFilterInit
  /** Which addresses are announced. */
  addresses: AddressPolicy
  /** TCP ports on which connections to a link-local IPv6 address are taken. @default none */
  linkLocalPorts?(address: string): number[]
  modes: LanModes
  /** Where on earth this node is, which is announced. @default it is not told */
  location?(): GeoLocation | undefined
  clock: Clock
  random: Random
  mdns: MdnsFactory
  /** @default those of Node.js */
  datagrams?: Datagrams
  /** @param source - the interface on which the peer was heard: on another one it may have other addresses */
  onPeer(info: HeardPeer, source: string): void
}

/** What keeps this node from finding others, or others from finding it. */
export interface LanState {
  /** Why the port cannot be had, per family. */
  portErrors: ReadonlyMap<IpFamily, Error>
  /** Whether other machines can be asked. */
  reachesLan: boolean
  /** Why they cannot, where an interface has failed. */
  failure?: Error
  /** Whether there is an address to tell, or none is told. */
  hasAddress: boolean
}

/**
 * This node on its LANs: asks, answers and announces on every interface, each
 * with the addresses at which it is reached there, and hears others. It does
 * as much of that as its modes say.
 */
export class MdnsLan {
  readonly #peer: PeerId
  readonly #addressManager: AddressManager
  readonly #names: ServiceNames
  readonly #policy: AddressPolicy
  readonly #port: number
  readonly #linkLocalPorts: (address: string) => number[]
  readonly #onPeer: MdnsLanInit['onPeer']
  readonly #location: () => GeoLocation | undefined
  readonly #log: Logger
  readonly #sockets: LanSockets
  readonly #reader: AnswerReader
  readonly #responder: Responder
  readonly #limits: PacketLimits
  readonly #legacy: TokenBucket
  /** What was announced on each interface last, so that a change is announced. */
  readonly #told = new Map<string, string>()
  /** Interfaces on which others have heard where this node is. */
  readonly #spokenOn = new Set<string>()
  #modes: LanModes
  #closed = false

  constructor(components: MdnsLanComponents, init: MdnsLanInit) {
    const { clock, random } = init

    this.#peer = components.peerId
    this.#addressManager = components.addressManager
    this.#names = serviceNames(init.federation, init.label)
    this.#policy = init.addresses
    this.#port = init.port
    this.#linkLocalPorts = init.linkLocalPorts ?? (() => [])
    this.#modes = init.modes
    this.#onPeer = init.onPeer
    this.#location = init.location ?? (() => undefined)
    this.#log = components.logger.forComponent('nebula:mdns')
    this.#reader = new AnswerReader(init.mdns, components, this.#names)
    this.#responder = new Responder({ clock, random, send: (key, kind) => this.#tell(key, kind) })
    this.#limits = new PacketLimits(clock)
    this.#legacy = new TokenBucket(clock, perSecond(LEGACY_ANSWERS_PER_SECOND))
    this.#sockets = new LanSockets({
      datagrams: init.datagrams ?? nodeDatagrams,
      port: init.port,
      groups: init.groups,
      filter: interfaceFilter(init.interfaces),
      onDatagram: (bytes, arrival) => this.#onDatagram(bytes, arrival),
      log: this.#log
    })
  }

  get modes(): LanModes {
    return this.#modes
  }

  get state(): LanState {
    const { portErrors, reachesLan, failure } = this.#sockets

    return { portErrors, reachesLan, failure, hasAddress: !speaks(this.#modes) || this.#hasAddress() }
  }

  /** Does more, or less, from now on. When it no longer speaks of itself it says goodbye. */
  async setModes(modes: LanModes): Promise<void> {
    const before = this.#modes

    this.#modes = modes

    if (before.announce && !modes.announce) {
      // an answer may be lost with it: the one that asked asks again
      this.#responder.hush()
      this.#told.clear()
    }

    if (speaks(before) && !speaks(modes)) {
      await this.#sayGoodbye()
    }

    this.announceChanges()
  }

  /**
   * Follows the interfaces and addresses of this machine, and announces what
   * has changed. Resolves to whether there are interfaces that were not there.
   */
  async refresh(): Promise<boolean> {
    const opened = await this.#sockets.refresh()
    const keys = new Set(this.#sockets.interfaces.map(({ key }) => key))

    for (const key of this.#told.keys()) {
      if (!keys.has(key)) {
        this.#told.delete(key)
        this.#responder.forget(key)
      }
    }

    for (const key of this.#spokenOn) {
      if (!keys.has(key)) {
        this.#spokenOn.delete(key)
      }
    }

    opened.forEach(({ key }) => this.#told.delete(key))
    this.announceChanges()

    // where sending fails again and again, nothing but that is tried again
    const failed = opened.filter((one) => this.#sockets.hasFailed(one))
    this.#askOn(failed)

    return failed.length < opened.length
  }

  /** Announces this node where its addresses, or its location, are not those that were announced last. */
  announceChanges(): void {
    if (!this.#modes.announce) {
      return
    }

    for (const lanInterface of this.#sockets.interfaces) {
      const texts = textsOf(this.#announcement(lanInterface)).join(' ')

      if (texts !== (this.#told.get(lanInterface.key) ?? '')) {
        this.#told.set(lanInterface.key, texts)
        this.#responder.announce(lanInterface.key)
      }
    }
  }

  /** Asks, and announces this node, on all interfaces; the announcement and answers that are due become one. */
  speak(): void {
    const { interfaces } = this.#sockets

    this.#askOn(interfaces)

    if (this.#modes.announce) {
      interfaces.forEach(({ key }) => this.#responder.answer(key, 'all'))
    }
  }

  /** Tells others that this node is no more, and closes the sockets. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#sayGoodbye()
    this.#told.clear()
    await this.#sockets.close()
  }

  async #sayGoodbye(): Promise<void> {
    const bytes = goodbye(this.#names)
    const heardOn = this.#sockets.interfaces.filter(({ key }) => this.#spokenOn.has(key))

    this.#responder.hush()
    this.#spokenOn.clear()
    await Promise.all(heardOn.map(async (lanInterface) => await this.#sockets.multicast(lanInterface, bytes)))
  }

  #askOn(interfaces: LanInterface[]): void {
    if (!this.#modes.hear) {
      return
    }

    const bytes = question(this.#names, this.#modes.answer)

    for (const lanInterface of interfaces) {
      this.#multicast(lanInterface, bytes)
    }
  }

  /** Whether there was anything to tell. */
  #tell(key: string, kind: AnswerKind): boolean {
    const lanInterface = this.#sockets.interfaces.find((one) => one.key === key)
    const bytes =
      lanInterface == null ? undefined : answer(this.#names, this.#announcement(lanInterface), kind)

    if (lanInterface == null || bytes == null) {
      return false
    }

    this.#spokenOn.add(key)
    this.#multicast(lanInterface, bytes)

    return true
  }

  #multicast(lanInterface: LanInterface, bytes: Uint8Array): void {
    this.#sockets.multicast(lanInterface, bytes).catch((err: unknown) => {
      this.#log.error('%s cannot be closed - %e', lanInterface.key, err)
    })
  }

  #announcement(lanInterface: LanInterface): Announcement {
    return { peer: this.#peer, addrs: this.#addrsOn(lanInterface), location: this.#location() }
  }

  /** Those of loopback are enough only where there is nothing else to be found on. */
  #hasAddress(): boolean {
    const { interfaces } = this.#sockets
    const offline = interfaces.every(({ internal }) => internal)

    return [...this.#addrs(), ...interfaces.flatMap((one) => this.#addrsOn(one))].some(
      (addr) => offline || !isLoopback(addr)
    )
  }

  #addrsOn(lanInterface: LanInterface): Announcement['addrs'] {
    return addrsOn(lanInterface, this.#addrs(), this.#sockets.owners, this.#linkLocalPorts)
  }

  #addrs(): Announcement['addrs'] {
    return announceable(this.#addressManager.getAddresses(), this.#policy)
  }

  #onDatagram(bytes: Uint8Array, arrival: Arrival): void {
    if (this.#closed || !this.#modes.hear || !isOfInterest(bytes, this.#names)) {
      return
    }

    if (!this.#limits.take(arrival.from.address)) {
      return
    }

    const packet = readPacket(bytes, this.#names)

    if (packet?.asked != null && this.#modes.answer) {
      this.#onAsked(packet.asked, arrival)
    }

    for (const instance of packet?.instances ?? []) {
      this.#onInstance(instance, arrival)
    }
  }

  #onAsked(asked: Asked, { from, interfaces, onLink }: Arrival): void {
    if (from.port === this.#port) {
      for (const { key } of interfaces) {
        this.#responder.answer(key, asked.kind)
      }
    } else if (onLink) {
      this.#answerLegacy(asked, from, interfaces)
    }
  }

  /** The one that asks is no responder of multicast DNS, and hears unicast only (RFC 6762, section 6.7). */
  #answerLegacy(asked: Asked, from: Arrival['from'], [lanInterface]: LanInterface[]): void {
    const bytes =
      lanInterface == null
        ? undefined
        : legacyAnswer(this.#names, this.#announcement(lanInterface), asked.kind, asked)

    if (lanInterface != null && bytes != null && this.#legacy.take()) {
      this.#sockets.reply(lanInterface, bytes, from).catch((err: unknown) => {
        this.#log.error('%s cannot be closed - %e', lanInterface.key, err)
      })
    }
  }

  #onInstance(instance: Instance, { from, interfaces, own }: Arrival): void {
    const info = instance.name === this.#names.instance ? undefined : this.#reader.read(instance)

    // a forged answer can name this node
    if (info == null || info.id.equals(this.#peer)) {
      return
    }

    // others would have this machine dial itself
    const believed = announcedAddrs(info.multiaddrs, this.#policy).filter((addr) => own || !isLoopback(addr))
    const multiaddrs = withZone(believed, from.zone)

    if (multiaddrs.length > 0) {
      const { location } = instance

      this.#onPeer(
        { id: info.id, multiaddrs, ...(location == null ? {} : { location }) },
        interfaces.map(({ name }) => name).join(' ')
      )
    }
  }
}

/** Whether others hear where this node is. */
function speaks({ answer: answers, announce }: LanModes): boolean {
  return answers || announce
}
