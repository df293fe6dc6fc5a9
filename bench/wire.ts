/** What all nodes of a mesh write to their sockets so that each gets one model. */
import { strict as assert } from 'node:assert'
import { GOSSIP_MESH, Mesh, OVERLAY_MESH } from './mesh/mesh.ts'
import { withRemotes } from './remote.ts'
import type { Benchmark } from './benchmark.ts'

const MIB = 1_048_576

export const wire: Benchmark = {
  name: 'wire',
  async run({ quick }) {
    const size = quick ? 8 : 20
    const bytes = (quick ? 1 : 16) * MIB
    const runs = quick ? 1 : 2
    const ours = await written(OVERLAY_MESH, size, bytes, runs)
    const figure = { unit: 'MiB', ours: ours.map((sum) => sum / MIB) }
    const least = {
      ...figure,
      name: 'wire/model-to-all',
      peer: [((size - 1) * bytes) / MIB],
      peerName: 'one copy for each node',
      aim: { of: 'ratio' as const, below: 1.05 }
    }

    if (quick) {
      return [least]
    }

    const gossip = await written(GOSSIP_MESH, size, bytes, runs)

    return [
      least,
      {
        ...figure,
        name: 'wire/model-to-all-beside-gossipsub',
        peer: gossip.map((sum) => sum / MIB),
        peerName: 'gossipsub, pieces of 256 KiB'
      }
    ]
  }
}

async function written(script: URL, size: number, bytes: number, runs: number): Promise<number[]> {
  const mesh = new Mesh(script, size)

  return withRemotes([mesh], async () => {
    await mesh.start()
    await mesh.all('ready', 4)

    const sums: number[] = []

    for (let run = 0; run < runs; run++) {
      const before = await mesh.usage()
      const { sent, got } = await mesh.sendBulk(bytes, run)
      const after = await mesh.usage()

      assert.deepEqual(
        got,
        Array.from({ length: size - 1 }, () => sent)
      )
      sums.push(after.bytes - before.bytes)
    }

    return sums
  })
}
