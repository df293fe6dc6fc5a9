import { setTimeout as delay } from 'node:timers/promises'
import { Arrivals, textOf } from './arrivals.ts'
import { SocketBytes } from './socket-bytes.ts'
import type { Load, MeshPart } from './part.ts'

/** A node of either kind, as far as a mesh needs it. */
export interface MeshNode {
  readonly id: string
  readonly address: string
  connect(address: string): Promise<void>
  /** Those that it passes messages on to. */
  degree(): number
  send(text: string): Promise<void>
  /** A message came; called once for each that the node tells its user of. */
  onText(listener: (origin: string, text: string) => void): void
}

/** What a process of a mesh does, whatever its nodes are. */
export function meshPart(create: () => Promise<MeshNode>): MeshPart {
  const sockets = new SocketBytes()
  const nodes: MeshNode[] = []
  let arrivals = new Arrivals(0, 0, 0)

  return {
    async start(count) {
      for (let i = 0; i < count; i++) {
        const node = await create()

        node.onText((origin, text) => arrivals.arrived(i, origin, text))
        nodes.push(node)
      }

      return nodes.map(({ address }) => address)
    },

    async connect(local, addresses) {
      for (const address of addresses) {
        await nodes[local]?.connect(address)
      }
    },

    async ready(degree) {
      while (nodes.some((node) => node.degree() < degree)) {
        await delay(50)
      }
    },

    async expect(messagesPerNode, characters) {
      arrivals = new Arrivals(nodes.length, messagesPerNode, characters)
    },

    async flood(load) {
      await Promise.all(nodes.map(async (node) => floodFrom(node, load)))
    },

    async received() {
      await arrivals.complete()
    },

    async usage() {
      const { user, system } = process.cpuUsage()

      return { cpu: (user + system) / 1e6, bytes: sockets.written }
    }
  }
}

async function floodFrom(node: MeshNode, { messages, interval, characters }: Load): Promise<void> {
  // a clock's ticks rather than pauses, so that a slower side is not offered less
  const start = performance.now()

  for (let i = 0; i < messages; i++) {
    await delay(Math.max(0, start + i * interval - performance.now()))
    await node.send(textOf(node.id, i, characters))
  }
}
