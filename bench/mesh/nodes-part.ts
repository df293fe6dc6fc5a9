import { setTimeout as delay } from 'node:timers/promises'
import { incompressible, sha256 } from '../ends/payload.ts'
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
  sendBulk(payload: Uint8Array): Promise<void>
  /** A payload came whole. */
  onBulk(listener: (read: () => Promise<Uint8Array>) => void): void
}

/** What a process of a mesh does, whatever its nodes are. */
export function meshPart(create: () => Promise<MeshNode>): MeshPart {
  const sockets = new SocketBytes()
  const nodes: MeshNode[] = []
  let arrivals = new Arrivals(0, 0, 0)
  let bulks: Array<() => Promise<Uint8Array>> = []

  return {
    async start(count) {
      for (let i = 0; i < count; i++) {
        const node = await create()

        node.onText((origin, text) => arrivals.arrived(i, origin, text))
        node.onBulk((read) => bulks.push(read))
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

    async sendBulk(local, bytes, seed) {
      const payload = incompressible(bytes, seed)

      bulks = []
      await nodes[local]?.sendBulk(payload)

      return sha256([payload])
    },

    async bulk(count) {
      const hashes: string[] = []

      while (bulks.length < count) {
        await delay(20)
      }

      for (const read of bulks.splice(0)) {
        hashes.push(sha256([await read()]))
      }

      return hashes
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
