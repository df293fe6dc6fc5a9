import { blockListOf, hostOrNetworkOf, ipOf, listed, parseSubnet } from '../../lib/net/index.ts'
import { COLOCATION_EXEMPT } from './constants.ts'
import type { Connection, Libp2pEvents, PeerId, Startable, TypedEventTarget } from '@libp2p/interface'
import type { ConnectionManager } from '@libp2p/interface-internal'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { BlockList } from 'node:net'

export interface IpColocationComponents {
  connectionManager: Pick<ConnectionManager, 'getConnections'>
  events: TypedEventTarget<Libp2pEvents>
}

export interface IpColocationInit {
  /** Addresses and subnets that any number of peers may share. @default loopback, private networks, carriers' NATs */
  exempt?: string[]
}

/**
 * How many peers have connections from the same IP address, or the same IPv6
 * network. As many addresses are kept as there are connections.
 */
export class IpColocation implements Startable {
  readonly #components: IpColocationComponents
  readonly #exempt: BlockList
  /** The connections of each host, and of each peer the hosts. */
  readonly #hosts = new Map<string, Map<string, number>>()
  readonly #peers = new Map<string, Set<string>>()
  #started = false

  /** @throws {InvalidParametersError} when an exempt address is none */
  constructor(components: IpColocationComponents, init: IpColocationInit = {}) {
    this.#components = components
    this.#exempt = blockListOf((init.exempt ?? COLOCATION_EXEMPT).map(parseSubnet))
  }

  start(): void {
    if (this.#started) {
      return
    }

    this.#started = true
    this.#components.events.addEventListener('connection:open', this.#onOpen)
    this.#components.events.addEventListener('connection:close', this.#onClose)

    for (const connection of this.#components.connectionManager.getConnections()) {
      this.#change(connection, 1)
    }
  }

  stop(): void {
    this.#started = false
    this.#components.events.removeEventListener('connection:open', this.#onOpen)
    this.#components.events.removeEventListener('connection:close', this.#onClose)
    this.#hosts.clear()
    this.#peers.clear()
  }

  /** Peers with a connection from an address of this peer's, itself included; the most where it has several. */
  count(peer: PeerId): number {
    const hosts = this.#peers.get(peer.toString()) ?? []

    return Math.max(0, ...Array.from(hosts, (host) => this.#hosts.get(host)?.size ?? 0))
  }

  readonly #onOpen = ({ detail }: CustomEvent<Connection>): void => this.#change(detail, 1)

  readonly #onClose = ({ detail }: CustomEvent<Connection>): void => this.#change(detail, -1)

  #change({ remoteAddr, remotePeer }: Connection, by: 1 | -1): void {
    const host = listed(this.#exempt, remoteAddr) ? undefined : placeOf(remoteAddr)

    if (host == null) {
      return
    }

    const peer = remotePeer.toString()
    const connections = this.#hosts.get(host) ?? new Map<string, number>()
    const hosts = this.#peers.get(peer) ?? new Set<string>()
    const count = (connections.get(peer) ?? 0) + by

    if (count > 0) {
      this.#hosts.set(host, connections.set(peer, count))
      this.#peers.set(peer, hosts.add(host))

      return
    }

    connections.delete(peer)
    hosts.delete(host)

    if (connections.size === 0) {
      this.#hosts.delete(host)
    }

    if (hosts.size === 0) {
      this.#peers.delete(peer)
    }
  }
}

/** None over a relay, whose address is not the peer's, and for addresses without an IP. */
function placeOf(addr: Multiaddr): string | undefined {
  return ipOf(addr) == null || addr.getComponents().some(({ name }) => name === 'p2p-circuit')
    ? undefined
    : hostOrNetworkOf(addr)
}
