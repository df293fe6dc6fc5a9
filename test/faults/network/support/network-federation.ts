import { createServer } from 'node:net'
import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { TcpForwarder } from '../../../support/tcp-forwarder.ts'
import { FederationNode } from '../../support/federation-node.ts'
import { LEDGER_VARIABLE } from '../../support/federation-traffic.ts'
import { pairsOf } from '../../support/topology.ts'
import { until } from '../../support/until.ts'
import { Ledger } from './ledger.ts'
import type { Lan } from '../../../support/lan.ts'
import type { TcpForwarderInit } from '../../../support/tcp-forwarder.ts'
import type { Topology } from '../../support/topology.ts'
import type { LedgerTotals } from './ledger.ts'
import type { ConfigInput } from '../../../../src/config/index.ts'
import type { ChildProcess } from 'node:child_process'
import type { AddressInfo } from 'node:net'

/** The nodes of a LAN listen here, each on its own host. */
export const OVERLAY_PORT = 4001

const LEDGER = { [LEDGER_VARIABLE]: '1' }
/** As long as libp2p may take to settle a send whose link is being lost, `messages.ackTimeout` and some. */
const SETTLED_MS = 75_000

export interface NetworkFederationInit {
  nodes: number
  config?: ConfigInput
  /** Of one node, on top. */
  configOf?(index: number): ConfigInput
  /** @default 'mesh' */
  topology?: Topology
}

interface Place {
  config: ConfigInput
  spawn(args: string[]): ChildProcess
}

/** Nodes in processes of their own whose network a test disturbs, with a ledger of all messages. */
export class NetworkFederation {
  readonly nodes: FederationNode[] = []
  readonly ledger = new Ledger()
  readonly #places: Place[]
  readonly #topology: Topology
  readonly #forwarders: TcpForwarder[]

  private constructor(places: Place[], topology: Topology, forwarders: TcpForwarder[] = []) {
    this.#places = places
    this.#topology = topology
    this.#forwarders = forwarders
  }

  /** On the first hosts of a LAN, one a host. */
  static async onLan(lan: Lan, init: NetworkFederationInit): Promise<NetworkFederation> {
    const places = lan.hosts.slice(0, init.nodes).map((host, index): Place => ({
      config: { ...init.config, listen: [`/ip4/0.0.0.0/tcp/${OVERLAY_PORT}`], ...init.configOf?.(index) },
      spawn: (args) => host.spawnNode(args, LEDGER)
    }))

    return new NetworkFederation(places, init.topology ?? 'mesh').#start()
  }

  /** On loopback, where every connection passes the forwarder of the node that is dialled. */
  static async behindForwarders(
    init: NetworkFederationInit,
    forwarding: TcpForwarderInit = {}
  ): Promise<NetworkFederation> {
    const forwarders: TcpForwarder[] = []
    const places: Place[] = []

    for (let index = 0; index < init.nodes; index++) {
      const port = await freePort()
      const forwarder = await TcpForwarder.to(port, forwarding)

      forwarders.push(forwarder)
      places.push({
        config: {
          ...init.config,
          listen: [`/ip4/127.0.0.1/tcp/${port}`],
          announce: [`/ip4/127.0.0.1/tcp/${forwarder.port}`],
          ...init.configOf?.(index)
        },
        spawn: (args) =>
          spawn(process.execPath, args, {
            stdio: ['pipe', 'pipe', 'pipe'],
            env: { ...process.env, ...LEDGER }
          })
      })
    }

    return new NetworkFederation(places, init.topology ?? 'mesh', forwarders).#start()
  }

  node(index: number): FederationNode {
    return at(this.nodes, index)
  }

  forwarder(index: number): TcpForwarder {
    return at(this.#forwarders, index)
  }

  get forwarders(): TcpForwarder[] {
    return this.#forwarders
  }

  /** The PeerIds that a node is to be linked with. */
  neighboursOf(node: FederationNode): string[] {
    const index = this.nodes.indexOf(node)

    return pairsOf([...this.nodes.keys()], this.#topology)
      .filter((pair) => pair.includes(index))
      .map(([a, b]) => this.node(a === index ? b : a).peerId)
  }

  /** Begins to send between all neighbours; `nodes` only where given. */
  async startTraffic(perSecond: number, nodes = this.nodes): Promise<void> {
    await Promise.all(
      nodes.map(async (node) =>
        node.call('startTraffic', { peers: this.neighboursOf(node), perSecond, padding: 100 })
      )
    )
  }

  /** Ends the traffic; throws unless every message that was accepted has arrived, and none twice. */
  async endTraffic(): Promise<LedgerTotals> {
    await Promise.all(this.nodes.map(async (node) => node.call('stopTraffic')))

    return this.ledger.check(this.nodes, SETTLED_MS)
  }

  /**
   * Waits until all neighbours are linked directly, at both ends.
   *
   * @returns milliseconds that it took
   */
  async untilLinked(timeoutMs: number, nodes = this.nodes): Promise<number> {
    const begun = Date.now()

    for (const node of nodes) {
      await this.#untilLinks(node, this.neighboursOf(node), begun + timeoutMs)
    }

    return Date.now() - begun
  }

  /** Waits until the node has no direct links but these. */
  async untilOnly(node: FederationNode, peers: string[], timeoutMs: number): Promise<void> {
    await until(
      async () => (await directLinks(node)).every((peer) => peers.includes(peer)),
      `${node.label} has lost its links`,
      timeoutMs
    )
  }

  /** Ends a process without a word. */
  async kill(index: number): Promise<void> {
    const { output } = this.node(index)
    const ended = output.child.exitCode == null ? once(output.child, 'exit') : undefined

    this.node(index).kill()
    await ended
  }

  /** Starts the node of a process that has ended. */
  async restart(index: number, config: ConfigInput = {}): Promise<FederationNode> {
    const place = at(this.#places, index)
    const node = await FederationNode.start(`node ${index}`, {
      config: { ...place.config, ...config },
      spawn: place.spawn
    })

    this.nodes[index] = node
    this.ledger.follow(node)

    return node
  }

  async stop(): Promise<void> {
    try {
      await Promise.all(this.nodes.map(async (node) => node.stop()))
    } finally {
      await this.destroy()
    }
  }

  /** Ends all that is left. */
  async destroy(): Promise<void> {
    this.nodes.forEach((node) => node.kill())
    await Promise.all(this.#forwarders.map(async (forwarder) => forwarder.close()))
  }

  async #start(): Promise<this> {
    try {
      const nodes = await Promise.all(
        this.#places.map(async ({ config, spawn: start }, index) =>
          FederationNode.start(`node ${index}`, { config, spawn: start })
        )
      )

      this.nodes.push(...nodes)
      nodes.forEach((node) => this.ledger.follow(node))
      await Promise.all(pairsOf(nodes, this.#topology).map(async ([from, to]) => connect(from, to)))
      await this.untilLinked(60_000)

      return this
    } catch (err) {
      await this.destroy()
      throw err
    }
  }

  async #untilLinks(node: FederationNode, peers: string[], end: number): Promise<void> {
    let missing = peers

    await until(
      async () => {
        const links = new Set(await directLinks(node))
        missing = peers.filter((peer) => !links.has(peer))

        return missing.length === 0
      },
      () =>
        `${node.label} is linked with ${missing.join()}; ${JSON.stringify(missing.map((peer) => node.eventsOf(peer).slice(-6)))}`,
      Math.max(0, end - Date.now())
    )
  }
}

/** Where it listens, on another host as well as on this one. */
export function addressOf(node: FederationNode): string {
  return node.multiaddrs.find((addr) => !addr.startsWith('/ip4/127.')) ?? node.addr
}

/** All of them at once on a busy machine may take longer than one dial may. */
async function connect(from: FederationNode, to: FederationNode, attempts = 3): Promise<void> {
  try {
    await from.call('connect', { addr: addressOf(to) })
  } catch (err) {
    if (attempts === 1) {
      throw err
    }

    await connect(from, to, attempts - 1)
  }
}

async function directLinks(node: FederationNode): Promise<string[]> {
  return (await node.call('links')).filter(({ direct }) => direct).map(({ peer }) => peer)
}

function at<T>(list: T[], index: number): T {
  const found = list[index]

  if (found == null) {
    throw new RangeError(`There is no ${index}`)
  }

  return found
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')

  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  server.close()
  await once(server, 'close')

  return port
}
