/** By how much sending a large model from a file to several neighbours makes the sender grow. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { strict as assert } from 'node:assert'
import { DEFAULT_ENCRYPTION, OVERLAY_END } from './ends/end.ts'
import { Remote, withRemotes } from './remote.ts'
import type { Benchmark } from './benchmark.ts'
import type { OverlayEnd } from './ends/overlay.ts'

const MIB = 1_048_576
const NEIGHBOURS = 8

export const memory: Benchmark = {
  name: 'memory',
  async run({ quick }) {
    const size = (quick ? 16 : 256) * MIB
    const neighbours = quick ? 2 : NEIGHBOURS
    const growth: number[] = []

    // memory that was given back may be taken again unseen: each run has a new process
    for (let run = 0; run < (quick ? 1 : 2); run++) {
      growth.push((await grow(size, neighbours)) / MIB)
    }

    return [
      {
        name: 'memory/sender-growth',
        unit: 'MiB',
        ours: growth,
        peer: [size / MIB],
        peerName: 'the model',
        aim: { of: 'ours', below: 64 }
      }
    ]
  }
}

async function grow(bytes: number, neighbours: number): Promise<number> {
  const sender = new Remote<OverlayEnd>(OVERLAY_END)
  const receivers = Array.from({ length: neighbours }, () => new Remote<OverlayEnd>(OVERLAY_END))
  const directory = await mkdtemp(join(tmpdir(), 'nebula-bench-'))
  const path = join(directory, 'model')

  return withRemotes(
    [sender, ...receivers, { stop: async () => rm(directory, { recursive: true }) }],
    async () => {
      await sender.call('start', DEFAULT_ENCRYPTION)

      const addresses = await Promise.all(
        receivers.map(async (node) => node.call('start', DEFAULT_ENCRYPTION))
      )

      for (const address of addresses) {
        await sender.call('connect', address)
      }

      // all that is used is compiled and loaded once, with a model that takes no memory to speak of
      await all(receivers, async (node) => node.call('expectBulk'))
      await sender.call('prepare', MIB, 0)
      await sender.call('sendBulk')
      await all(receivers, async (node) => node.call('bulk'))

      const sha256 = await receivers[0]?.call('writeFile', path, bytes)

      await all(receivers, async (node) => node.call('expectBulk'))

      const growth = await sender.call('growthOfSendingFile', path)

      // one after the other, for each reads the whole model to hash it
      for (const receiver of receivers) {
        assert.equal((await receiver.call('bulk')).sha256, sha256)
      }

      return growth
    }
  )
}

async function all(
  remotes: Array<Remote<OverlayEnd>>,
  call: (remote: Remote<OverlayEnd>) => Promise<unknown>
): Promise<void> {
  await Promise.all(remotes.map(call))
}
