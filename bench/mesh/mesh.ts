import { Remote } from '../remote.ts'
import type { MeshPart, Usage } from './part.ts'

/** Distances around a ring at which nodes are neighbours: degree 6, whatever the size. */
const STEPS = [1, 2, 5]

export const DEGREE = 2 * STEPS.length
const PROCESSES = 2

/** Nodes on a ring, each with the same number of neighbours, in as many processes as there are. */
export class Mesh {
  readonly size: number
  readonly #parts: Array<Remote<MeshPart>>

  constructor(script: URL, size: number) {
    this.size = size
    this.#parts = Array.from({ length: PROCESSES }, () => new Remote<MeshPart>(script))
  }

  async start(): Promise<this> {
    const perPart = this.size / PROCESSES
    const addresses = (await Promise.all(this.#parts.map(async (part) => part.call('start', perPart)))).flat()

    for (const index of addresses.keys()) {
      const neighbours = STEPS.map((step) => addresses[(index + step) % this.size] ?? '')

      await this.#parts[Math.floor(index / perPart)]?.call('connect', index % perPart, neighbours)
    }

    return this
  }

  /** Calls a function in every process at once. */
  async all<K extends keyof MeshPart & string>(name: K, ...args: Parameters<MeshPart[K]>): Promise<void> {
    await Promise.all(this.#parts.map(async (part) => part.call(name, ...args)))
  }

  /** The first node sends to all others. @returns the hash of what it sent, and of what came */
  async sendBulk(bytes: number, seed: number): Promise<{ sent: string; got: string[] }> {
    const sent = (await this.#parts[0]?.call('sendBulk', 0, bytes, seed)) ?? ''
    const perPart = this.size / PROCESSES
    const got = await Promise.all(
      this.#parts.map(async (part, index) => part.call('bulk', index === 0 ? perPart - 1 : perPart))
    )

    return { sent, got: got.flat() }
  }

  async usage(): Promise<Usage> {
    const usages = await Promise.all(this.#parts.map(async (part) => part.call('usage')))

    return {
      cpu: usages.reduce((sum, { cpu }) => sum + cpu, 0),
      bytes: usages.reduce((sum, { bytes }) => sum + bytes, 0)
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#parts.map(async (part) => part.stop()))
  }
}

export const OVERLAY_MESH = new URL('overlay.ts', import.meta.url)
export const GOSSIP_MESH = new URL('gossip.ts', import.meta.url)
