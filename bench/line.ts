/** How long a model takes to the last node of a line, each of which passes it on, beside one hop. */
import { strict as assert } from 'node:assert'
import { DEFAULT_ENCRYPTION, OVERLAY_END } from './ends/end.ts'
import { inTurns } from './in-turns.ts'
import { Remote, withRemotes } from './remote.ts'
import type { Benchmark, Figure } from './benchmark.ts'
import type { OverlayEnd } from './ends/overlay.ts'
import type { ThrottleEnd } from './line/throttle.ts'

const MIB = 1_048_576
/** 100 Mbit/s. */
const LINK_BYTES_PER_SECOND = 12_500_000
const THROTTLE = new URL('line/throttle.ts', import.meta.url)

/** Of these only the first is passed on by nodes that are no proxies. */
const FIRST_MODEL = -1
const LATER_MODEL = 0

export const line: Benchmark = {
  name: 'line',
  async run({ quick }) {
    if (quick) {
      return [await measure({ name: 'line/2-hops', hops: 2, bytes: MIB, runs: 1, limited: true })]
    }

    const whole = { hops: 5, bytes: 16 * MIB, runs: 3 }

    return [
      {
        ...(await measure({ ...whole, name: 'line/5-hops', limited: true })),
        aim: { of: 'ratio', below: 1.5 }
      },
      // all nodes share the machine's CPU: beside one hop it does five times the work
      await measure({ ...whole, name: 'line/5-hops-unlimited', limited: false })
    ]
  }
}

interface Line {
  name: string
  hops: number
  bytes: number
  runs: number
  /** Whether each link carries 100 Mbit/s, or what the machine can. */
  limited: boolean
}

async function measure({ name, hops, bytes, runs, limited }: Line): Promise<Figure> {
  const throttle = new Remote<ThrottleEnd>(THROTTLE)
  const nodes = Array.from({ length: hops + 1 }, () => new Remote<OverlayEnd>(OVERLAY_END))

  return withRemotes([throttle, ...nodes], async () => {
    const addresses = await Promise.all(nodes.map(async (node) => node.call('start', DEFAULT_ENCRYPTION)))

    for (const [index, address] of addresses.entries()) {
      await nodes[index - 1]?.call('connect', limited ? await behind(throttle, address) : address)
    }

    const [first, second, last] = [nodes[0], nodes[1], nodes.at(-1)]

    assert.ok(first != null && second != null && last != null)

    return {
      name,
      unit: 'ms',
      ...(await inTurns(runs, {
        ours: async () => time(first, last, bytes, FIRST_MODEL),
        peer: async () => time(first, second, bytes, LATER_MODEL)
      })),
      peerName: `one hop${limited ? ', 100 Mbit/s links' : ''}`
    }
  })
}

/** The address at which a node is reached over a link of limited speed. */
async function behind(throttle: Remote<ThrottleEnd>, address: string): Promise<string> {
  const [, port] = /\/tcp\/(\d+)/.exec(address) ?? []

  return address.replace(
    `/tcp/${port}`,
    `/tcp/${await throttle.call('open', Number(port), LINK_BYTES_PER_SECOND)}`
  )
}

let seed = 0

/** From the first node's sending to the last byte's having come to the other. */
async function time(
  from: Remote<OverlayEnd>,
  to: Remote<OverlayEnd>,
  bytes: number,
  round: number
): Promise<number> {
  const sha256 = await from.call('prepare', bytes, ++seed, round)

  await to.call('expectBulk')

  const [start, got] = await Promise.all([from.call('sendBulk'), to.call('bulk')])

  assert.equal(got.sha256, sha256)

  return got.at - start
}
