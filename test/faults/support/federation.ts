import assert from 'node:assert/strict'
import { PATIENCE_MS } from '../../support/patience.ts'
import { FederationNode } from './federation-node.ts'
import { pairsOf } from './topology.ts'
import { totalTraffic } from './traffic-totals.ts'
import { until } from './until.ts'
import type { ChildProcess } from 'node:child_process'
import type { ConfigInput } from '../../../src/config/index.ts'
import type { MemoryReport } from './federation-memory.ts'
import type { Topology } from './topology.ts'

export interface FederationInit {
  /** @default 5 */
  nodes?: number
  /** Of all nodes, or of the node with the index. */
  config?: ConfigInput | ((index: number) => ConfigInput)
  /** How the process of the node with the index is started. @default here */
  spawn?(args: string[], index: number): ChildProcess
  /** Which pairs are linked directly. @default 'mesh' */
  topology?: Topology
  /** The address by which one node reaches the other. @default the other's own */
  address?(from: FederationNode, to: FederationNode): string | Promise<string>
}

export interface TrafficOptions {
  /** Messages of each node to each of its neighbours in a second. @default 20 */
  perSecond?: number
  /** Characters of each message. @default 100 */
  padding?: number
}

export interface TrafficReport {
  messages: number
  /** The longest that a message was under way, in milliseconds. */
  maxDelayMs: number
}

/** What a node says when it has shut a peer out. */
const SHUT_OUT = 'peer:blacklisted'
/** Comes before it, too. */
const IGNORED = 'peer:graylisted'

const HANDSHAKE = '/nebula/handshake/1.0.0'
const MESSAGE = '/nebula/message/1.0.0'

/** How long the last messages may be under way. */
const ARRIVE_MS = PATIENCE_MS

/** Honest nodes, each in a process of its own, that are linked directly with each other. */
export class Federation {
  readonly nodes: FederationNode[]
  /** Linked pairs. */
  readonly pairs: Array<[FederationNode, FederationNode]>

  private constructor(nodes: FederationNode[], pairs: Array<[FederationNode, FederationNode]>) {
    this.nodes = nodes
    this.pairs = pairs
  }

  static async start(init: FederationInit = {}): Promise<Federation> {
    const { nodes: count = 5, config, spawn, topology = 'mesh', address = (_, to) => to.addr } = init
    const started = await Promise.allSettled(
      Array.from({ length: count }, async (_, index) =>
        FederationNode.start(`node ${index}`, {
          config: typeof config === 'function' ? config(index) : config,
          spawn: spawn == null ? undefined : (args) => spawn(args, index)
        })
      )
    )
    const nodes = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    const federation = new Federation(nodes, pairsOf(nodes, topology))

    try {
      assert.deepEqual(
        started.filter(({ status }) => status === 'rejected'),
        []
      )
      await Promise.all(federation.pairs.map(async ([from, to]) => from.connect(await address(from, to))))
    } catch (err) {
      federation.kill()
      throw err
    }

    return federation
  }

  /** @param index - from 0 */
  node(index: number): FederationNode {
    const node = this.nodes[index]

    if (node == null) {
      throw new RangeError(`The federation has no node ${index}`)
    }

    return node
  }

  /** Begins to send between all linked pairs, both ways. */
  async startTraffic({ perSecond = 20, padding = 100 }: TrafficOptions = {}): Promise<void> {
    await Promise.all(
      this.nodes.map(async (node) =>
        node.call('startTraffic', { peers: this.neighboursOf(node), perSecond, padding })
      )
    )
  }

  /**
   * Stops sending.
   *
   * @throws unless every message since the federation began has arrived, and once
   */
  async stopTraffic(): Promise<TrafficReport> {
    await Promise.all(this.nodes.map(async (node) => node.call('stopTraffic')))

    let totals = await totalTraffic(this.nodes)

    for (const end = Date.now() + ARRIVE_MS; totals.lost.length > 0 && Date.now() < end;) {
      await new Promise<void>((resolve) => setTimeout(resolve, 50))
      totals = await totalTraffic(this.nodes)
    }

    assert.deepEqual(totals.lost, [], 'messages between honest nodes were lost')
    assert.equal(totals.repeated, 0, 'messages between honest nodes came twice')

    if (this.pairs.length > 0) {
      assert.ok(totals.messages > 0, 'nothing was sent')
    }

    return { messages: totals.messages, maxDelayMs: totals.maxDelayMs }
  }

  /** The PeerIds that the node was linked with when the federation began. */
  neighboursOf(node: FederationNode): string[] {
    return this.pairs
      .filter((pair) => pair.includes(node))
      .map(([a, b]) => (a === node ? b.peerId : a.peerId))
  }

  /**
   * Waits until each of the nodes has shut out each of the peers, or ignores it at least.
   *
   * @returns when it did, in milliseconds since the Unix epoch, by `peer node` (PeerIds)
   */
  async untilShutOut(
    peers: string[],
    options: { nodes?: FederationNode[]; timeoutMs: number; told?: typeof SHUT_OUT | typeof IGNORED }
  ): Promise<Map<string, number>> {
    const { nodes = this.nodes, timeoutMs, told = SHUT_OUT } = options
    const times = new Map<string, number>()
    const missing = (node: FederationNode): string[] =>
      peers.filter((peer) => {
        const at = node.eventsOf(peer).find(({ event }) => event === told)?.at
        times.set(`${peer} ${node.peerId}`, at ?? Infinity)

        return at == null
      })

    const wait = async (node: FederationNode): Promise<void> => {
      try {
        await node.output.until(told, () => missing(node).length === 0, timeoutMs)
      } catch (cause) {
        const scores = await Promise.all(missing(node).map(async (peer) => node.call('score', { peer })))

        throw new Error(`${node.label} tells of no ${told}: ${JSON.stringify(scores)}`, { cause })
      }
    }

    await Promise.all(nodes.map(wait))

    return times
  }

  /** @throws when an honest node has lost the link with another since the federation began, or shuts one out */
  async assertUnharmed(): Promise<void> {
    const honest = new Set(this.nodes.map(({ peerId }) => peerId))

    for (const node of this.nodes) {
      assert.equal(node.output.child.exitCode, null, `${node.label} has ended: ${node.output.stderr}`)
      assert.deepEqual(
        node.output.events.filter(
          ({ event, peer }) => (event === 'link:close' || event === SHUT_OUT) && honest.has(String(peer))
        ),
        [],
        `${node.label} has lost a link with an honest node meanwhile`
      )

      const [links, restrictions] = await Promise.all([node.call('links'), node.call('restrictions')])
      const direct = new Set(links.filter((link) => link.direct).map(({ peer }) => peer))

      assert.deepEqual(
        restrictions.filter(({ peer }) => honest.has(peer)),
        [],
        `${node.label} shuts an honest node out`
      )
      assert.deepEqual(
        this.neighboursOf(node).filter((peer) => !direct.has(peer)),
        [],
        `${node.label} has lost direct links`
      )
    }
  }

  /** Begins the peak of memory and the longest delay of each node anew. */
  async mark(): Promise<void> {
    await Promise.all(this.nodes.map(async (node) => node.call('mark')))
  }

  /** The memory of each node. */
  async memory(options: { collect: boolean }): Promise<MemoryReport[]> {
    return Promise.all(this.nodes.map(async (node) => node.call('memory', options)))
  }

  /** Waits until no node holds more connections, and streams of any protocol, than its links need. */
  async untilIdle(timeoutMs: number): Promise<void> {
    for (const node of this.nodes) {
      const needed = this.neighboursOf(node).length
      let seen = ''

      await until(
        async () => {
          const { connections, streams } = await node.call('open')
          const { [HANDSHAKE]: handshakes = 0, [MESSAGE]: messages = 0, ...others } = streams
          seen = JSON.stringify({ connections, streams })

          return (
            connections === needed &&
            handshakes === needed &&
            messages <= 2 * needed &&
            Object.keys(others).length === 0
          )
        },
        () => `${node.label} holds no more than ${needed} links need, but ${seen}`,
        timeoutMs
      )
    }
  }

  /** Stops all nodes; throws when one does not end as it should. */
  async stop(): Promise<void> {
    const results = await Promise.allSettled(this.nodes.map(async (node) => node.stop()))
    const failed = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []))

    if (failed.length > 0) {
      throw new AggregateError(failed, failed.map(({ message }) => message).join('\n'))
    }
  }

  kill(): void {
    for (const node of this.nodes) {
      node.kill()
    }
  }
}
