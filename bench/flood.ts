/** Messages that reach all of a mesh, by the CPU that all its nodes need together. */
import { inTurns } from './in-turns.ts'
import { GOSSIP_MESH, Mesh, OVERLAY_MESH } from './mesh/mesh.ts'
import { withRemotes } from './remote.ts'
import type { Benchmark } from './benchmark.ts'
import type { Load } from './mesh/part.ts'

const CHARACTERS = 1_024

export const flood: Benchmark = {
  name: 'flood',
  async run({ quick }) {
    const size = quick ? 8 : 20
    const load = { messages: quick ? 5 : 20, interval: 100, characters: CHARACTERS }
    const ours = new Mesh(OVERLAY_MESH, size)
    const peer = new Mesh(GOSSIP_MESH, size)

    return withRemotes([ours, peer], async () => {
      await Promise.all([ours.start(), peer.start()])
      await ours.all('ready', 6)
      await peer.all('ready', 4)

      const runs = await inTurns(quick ? 1 : 5, {
        ours: async () => deliveredPerSecond(ours, load),
        peer: async () => deliveredPerSecond(peer, load)
      })

      return [
        {
          name: 'flood/1-KiB',
          unit: 'messages/s of CPU',
          ...runs,
          peerName: 'gossipsub',
          aim: { of: 'ratio', above: 1.5 }
        }
      ]
    })
  }
}

async function deliveredPerSecond(mesh: Mesh, load: Load): Promise<number> {
  const expected = (mesh.size - 1) * load.messages

  await mesh.all('expect', expected, load.characters)

  const before = await mesh.usage()

  await mesh.all('flood', load)
  await mesh.all('received')

  const { cpu } = await mesh.usage()

  return (expected * mesh.size) / (cpu - before.cpu)
}
