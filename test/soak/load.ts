import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { FederationNode } from '../faults/support/federation-node.ts'
import type { Federation } from '../faults/support/federation.ts'
import type { ConfigInput } from '../../src/config/index.ts'

const MIB = 1_048_576

/** One message of each type, and of the actions that cost no link. */
const MESSAGES: Array<{ type: string; action?: string; fields?: Record<string, unknown> }> = [
  { type: 'discovery', action: 'discover', fields: { latitude: 1, longitude: 2 } },
  { type: 'control', action: 'alive' },
  { type: 'control', action: 'leadership_transfer', fields: { log: 'x'.repeat(1_000) } },
  { type: 'federation', action: 'federation_models_included', fields: { arguments: ['3'], round: 1 } },
  { type: 'federation', action: 'federation_ready' },
  { type: 'federation', action: 'federation_start' },
  { type: 'connection', action: 'restructure' },
  { type: 'response', fields: { response: 'y'.repeat(10_000) } },
  { type: 'reputation', action: 'share', fields: { nodeId: 'node', score: 0.5, round: 1 } },
  { type: 'discover', action: 'discover_nodes' },
  { type: 'link', action: 'connect_to', fields: { addrs: '' } }
]

export interface LoadReport {
  messages: number
  models: number
  modelBytes: number
  reconnections: number
  kills: number
  /** What went wrong, by what was tried and the name of the error. */
  failures: Record<string, number>
}

/** Everything at once: messages of all types, bursts, models, links that come and go, a process that is killed. */
export class Load {
  readonly report: LoadReport = {
    messages: 0,
    models: 0,
    modelBytes: 0,
    reconnections: 0,
    kills: 0,
    failures: {}
  }
  readonly #federation: Federation
  /** The nodes that stay; their last one is disconnected from the first now and then. */
  readonly #steady: FederationNode[]
  readonly #victimConfig: ConfigInput
  #victim: FederationNode
  #over = false

  constructor(federation: Federation, victimConfig: ConfigInput) {
    const victim = federation.nodes.at(-1)

    if (victim == null) {
      throw new RangeError('A load needs nodes')
    }

    this.#federation = federation
    this.#steady = federation.nodes.slice(0, -1)
    this.#victim = victim
    this.#victimConfig = victimConfig
  }

  /** Goes on until `end()`. */
  async run(): Promise<void> {
    await Promise.all([
      this.#repeat('message', 100, async () => this.#sendMessages()),
      this.#repeat('burst', 2_000, async () => this.#burst()),
      this.#repeat('model', 4_000, async () => this.#sendModel()),
      this.#repeat('reconnection', 15_000, async () => this.#reconnect()),
      this.#repeat('kill', 45_000, async () => this.#kill())
    ])
  }

  end(): void {
    this.#over = true
  }

  /** Stops the node that is killed now and then; the others are their owner's to stop. */
  async stop(): Promise<void> {
    await this.#victim.stop()
  }

  async #repeat(what: string, intervalMs: number, run: () => Promise<void>): Promise<void> {
    while (!this.#over) {
      try {
        await run()
      } catch (err) {
        const name = `${what}: ${/: (\w+Error)\b/.exec(String(err))?.[1] ?? String(err)}`

        this.report.failures[name] = (this.report.failures[name] ?? 0) + 1
      }

      for (const end = Date.now() + intervalMs; !this.#over && Date.now() < end;) {
        await sleep(Math.min(500, intervalMs))
      }
    }
  }

  async #sendMessages(): Promise<void> {
    const message = MESSAGES[this.report.messages % MESSAGES.length]

    this.report.messages++
    await Promise.all(this.#steady.map(async (node) => message && node.call('send', message)))
  }

  async #burst(): Promise<void> {
    const [from, to] = this.#pair()

    await from.call('push', { peer: to.peerId, count: 200, padding: 500 })
    this.report.messages += 200
  }

  /** From 1 to 16 MiB, every other one of the round that all pass on. */
  async #sendModel(): Promise<void> {
    const [from, to] = this.#pair()
    const bytes = [1, 4, 16, 2, 8][this.report.models % 5] ?? 1
    const round = this.report.models % 2 === 0 ? -1 : 1

    this.report.models++
    this.report.modelBytes += bytes * MIB
    await from.call('sendModel', { peers: [to.peerId], bytes: bytes * MIB, round })
  }

  async #reconnect(): Promise<void> {
    const [first, last] = [this.#steady[0], this.#steady.at(-1)]

    if (first == null || last == null) {
      return
    }

    await first.call('disconnect', { peer: last.peerId })
    await sleep(500)
    await Promise.all([first.call('clearRestrictions'), last.call('clearRestrictions')])
    await first.call('connect', { addr: last.addr })
    this.report.reconnections++
  }

  async #kill(): Promise<void> {
    const { child } = this.#victim.output
    const ended = once(child, 'exit')

    this.#victim.kill()
    await ended
    this.#victim = await FederationNode.start('the node that is killed', { config: this.#victimConfig })
    await Promise.all(this.#steady.map(async (node) => this.#victim.call('connect', { addr: node.addr })))
    this.report.kills++
  }

  #pair(): [FederationNode, FederationNode] {
    const { nodes } = this.#federation
    const turn = this.report.models + this.report.messages
    const from = this.#steady[turn % this.#steady.length] ?? this.#victim
    const others = nodes.slice(0, -1).filter((node) => node !== from)

    return [from, others[turn % others.length] ?? this.#victim]
  }
}
