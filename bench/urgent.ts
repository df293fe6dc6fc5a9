/** How long an urgent message takes on a link that is full of a model, beside an idle one. */
import { strict as assert } from 'node:assert'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DEFAULT_ENCRYPTION, OVERLAY_END, Pair } from './ends/end.ts'
import { inTurns } from './in-turns.ts'
import { withRemotes } from './remote.ts'
import type { Benchmark } from './benchmark.ts'
import type { OverlayEnd } from './ends/overlay.ts'

const MIB = 1_048_576
const CHARACTERS = 1_024
const INTERVAL_MS = 2
/** Of what cannot be exceeded by more than one message in a hundred there should be several in a hundred. */
const IDLE_MESSAGES = 400

export const urgent: Benchmark = {
  name: 'urgent',
  async run({ quick }) {
    const bytes = (quick ? 32 : 256) * MIB
    const directory = await mkdtemp(join(tmpdir(), 'nebula-bench-'))
    const path = join(directory, 'model')
    const pair = new Pair<OverlayEnd>(OVERLAY_END)

    return withRemotes([pair, { stop: async () => rm(directory, { recursive: true }) }], async () => {
      await pair.link(DEFAULT_ENCRYPTION)

      const sha256 = await pair.receiver.call('writeFile', path, bytes)
      const runs = await inTurns(quick ? 1 : 5, {
        ours: async () => delayBesideModel(pair, path, sha256),
        peer: async () => idleDelay(pair, quick ? IDLE_MESSAGES / 10 : IDLE_MESSAGES)
      })

      return [
        {
          name: 'urgent/p99-delay',
          unit: 'ms',
          ...runs,
          peerName: 'the same on an idle link',
          aim: { of: 'ratio', below: 5 }
        }
      ]
    })
  }
}

async function idleDelay({ sender, receiver }: Pair<OverlayEnd>, count: number): Promise<number> {
  await receiver.call('expectMessages', count, CHARACTERS)

  const sent = await sender.call('sendUrgent', count, CHARACTERS, INTERVAL_MS)

  return p99(sent, await receiver.call('arrivals', sent.length))
}

/** All the messages are sent while the model is under way. */
async function delayBesideModel(
  { sender, receiver }: Pair<OverlayEnd>,
  path: string,
  sha256: string
): Promise<number> {
  await sender.call('prepareFile', path)
  await receiver.call('expectBulk')
  await receiver.call('expectMessages', Infinity, CHARACTERS)

  const sent = await sender.call('sendUrgentBesideBulk', CHARACTERS, INTERVAL_MS)
  const arrived = await receiver.call('arrivals', sent.length)

  assert.equal((await receiver.call('bulk')).sha256, sha256)

  return p99(sent, arrived)
}

/** What one message in a hundred takes, or more, in milliseconds. */
function p99(sent: number[], arrived: number[]): number {
  const delays = sent.map((at, index) => (arrived[index] ?? Infinity) - at).toSorted((a, b) => a - b)

  return delays[Math.ceil(delays.length * 0.99) - 1] ?? Infinity
}
