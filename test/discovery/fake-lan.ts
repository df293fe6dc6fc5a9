import { decode } from 'dns-packet'
import { mdns } from '@libp2p/mdns'
import { mdnsAnswer } from '../support/mdns-packet.ts'
import type {
  DatagramHandlers,
  Datagrams,
  IpFamily,
  LanInterface,
  NetworkInterfaces
} from '../../src/discovery/lan/types.ts'
import type { MdnsBeaconInit } from '../../src/discovery/mdns-beacon.ts'
import type { PeerInfo } from '@libp2p/interface'
import type { DecodedPacket } from 'dns-packet'
import type { NetworkInterfaceInfo } from 'node:os'

const PORT = 5_353

export interface SentDatagram {
  /** Name of the interface. */
  on: string
  family: IpFamily
  to: string
  port: number
  bytes: Uint8Array
  packet: DecodedPacket
}

/** An interface as the system describes it. */
export function networkInterface(cidr: string, { internal = false, scopeid = 0 } = {}): NetworkInterfaceInfo {
  const [address = ''] = cidr.split('/')
  const common = { address, netmask: '', mac: '00:00:00:00:00:00', internal, cidr }

  return address.includes(':') ? { ...common, family: 'IPv6', scopeid } : { ...common, family: 'IPv4' }
}

export const LOOPBACK = { lo: [networkInterface('127.0.0.1/8', { internal: true })] }

/** A LAN whose answers the test writes: every question is answered by `members`, on the machine's own loopback. */
export class FakeLan implements Datagrams {
  members: PeerInfo[] = []
  /** What the system tells of its interfaces; a function may throw. */
  network: NetworkInterfaces | (() => NetworkInterfaces)
  readonly sent: SentDatagram[] = []
  /** Joined groups, as `224.0.0.251 10.0.0.1`. */
  readonly joined = new Set<string>()
  /** What opening a socket, or sending on it, fails with: keyed by family, or by `eth0 ipv4`. */
  readonly failures = new Map<string, Error>()
  readonly federation: string
  #senders = 1
  readonly #receivers = new Map<IpFamily, DatagramHandlers>()
  readonly #transmitters = new Set<string>()

  constructor(network: NetworkInterfaces = LOOPBACK, federation = 'lab') {
    this.network = network
    this.federation = federation
  }

  /** To be given to a beacon. */
  get init(): Pick<MdnsBeaconInit, 'datagrams' | 'mdns'> {
    return { datagrams: this, mdns }
  }

  get listening(): boolean {
    return this.#receivers.size > 0
  }

  /** Interfaces with an open socket, as `eth0 ipv4`. */
  get open(): string[] {
    return [...this.#transmitters].sort()
  }

  get questions(): number {
    return this.sent.filter(({ packet }) => packet.type === 'query').length
  }

  /** An announcement that no node has asked for, of another sender each time, for one alone is bounded. */
  announce({ id, multiaddrs }: PeerInfo): void {
    const texts = multiaddrs.map((addr) => `dnsaddr=${addr.toString()}/p2p/${id.toString()}`)

    this.deliver(
      mdnsAnswer(`_nebula-${this.federation}._udp.local`, `i${id.toString().slice(-20)}`, texts),
      `127.${this.#senders >> 16}.${(this.#senders >> 8) & 255}.${this.#senders++ & 255}`
    )
  }

  /** A datagram that arrives. */
  deliver(bytes: Uint8Array, address: string, port = PORT, zone?: string): void {
    const handlers = this.#receivers.get(address.includes(':') ? 'ipv6' : 'ipv4')

    handlers?.onMessage(bytes, { address, port, ...(zone == null ? {} : { zone }) })
  }

  interfaces(): NetworkInterfaces {
    return typeof this.network === 'function' ? this.network() : this.network
  }

  async receive(family: IpFamily, _port: number, handlers: DatagramHandlers) {
    this.#failFor(family)
    this.#receivers.set(family, handlers)

    return {
      join: (group: string, scope: string) => void this.joined.add(`${group} ${scope}`),
      leave: (group: string, scope: string) => void this.joined.delete(`${group} ${scope}`),
      close: async () => {
        this.#receivers.delete(family)
        this.joined.clear()
      }
    }
  }

  async transmit({ key, name, family }: LanInterface) {
    this.#failFor(key)
    this.#transmitters.add(key)

    return {
      join: () => {},
      send: async (bytes: Uint8Array, port: number, to: string) => {
        this.#failFor(`send ${key}`)

        const packet = decode(Buffer.from(bytes))

        this.sent.push({ on: name, family, to, port, bytes, packet })

        if (packet.type === 'query') {
          // an answer comes later than the question, on any LAN
          setImmediate(() => this.members.forEach((info) => this.announce(info)))
        }
      },
      close: async () => void this.#transmitters.delete(key)
    }
  }

  #failFor(key: string): void {
    const failure = this.failures.get(key)

    if (failure != null) {
      throw failure
    }
  }
}
