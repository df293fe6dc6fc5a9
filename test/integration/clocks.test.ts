import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Workshop } from '../cli/support/process.ts'
import type { RunningCommand } from '../cli/support/process.ts'

const PRELOAD = fileURLToPath(new URL('../support/shift-date.ts', import.meta.url))
const DAY = 86_400_000
const HOUR = 3_600_000
/** Long enough that no ping is under way when the clock is set, and one is before. */
const PING_MS = 1_000

/** What the clock of a running node is off by before it is set right. */
const STEPS = [
  ['back by an hour', HOUR],
  ['back by ten years', 3_650 * DAY],
  ['forward by an hour', -HOUR]
] as const

/** Clocks that are wrong, by name. */
const WRONG = [
  ['a day ahead', DAY],
  ['ten years ahead', 3_650 * DAY],
  ['a day behind', -DAY],
  // as a machine without a battery starts
  ['at 1970', 60_000 - Date.now()]
] as const

async function linked(node: RunningCommand, peer: RunningCommand): Promise<void> {
  await node.event('link:open', (line) => line['peer'] === peer.peerId)

  const warning = await node.event('warning', (line) => line['subject'] === peer.peerId)

  assert.equal(warning['code'], 'clock-differs')
}

describe('processes whose clocks differ', () => {
  let workshop: Workshop

  before(async () => {
    workshop = await Workshop.open()
  })

  after(async () => {
    await workshop.end()
  })

  const start = async (
    name: string,
    offset: number,
    args: string[] = [],
    env: Record<string, string> = {}
  ): Promise<RunningCommand> =>
    workshop.start(name, args, {
      NODE_OPTIONS: `--import=${PRELOAD}`,
      TEST_CLOCK_OFFSET: String(offset),
      ...env
    })

  for (const [name, offset, encryption] of WRONG.flatMap(
    ([clock, ms]) =>
      [
        [clock, ms, 'noise,tls'],
        [`${clock}, and knows TLS only`, ms, 'tls']
      ] as const
  )) {
    it(`link whichever dials, and tell of it: one is ${name}`, async () => {
      const listener = await start(`right, ${name}`, 0)
      const wrong = await start(name, offset, ['--direct', listener.address], {
        NEBULA_ENCRYPTION: encryption
      })
      const dialler = await start(`right dialler, ${name}`, 0, ['--direct', wrong.address])

      await Promise.all([
        linked(listener, wrong),
        linked(wrong, listener),
        linked(dialler, wrong),
        linked(wrong, dialler)
      ])

      for (const { code } of await Promise.all([listener, wrong, dialler].map(async (node) => node.stop()))) {
        assert.equal(code, 0)
      }
    })
  }

  for (const [step, offset] of STEPS) {
    it(`keep their link when the clock of one is set ${step}`, async () => {
      const env = { NEBULA_CONNECTIONS_PING_INTERVAL: `${PING_MS}ms` }
      const right = await start(`right, ${step}`, 0, [], env)
      const wrong = await start(`set ${step}`, offset, ['--direct', right.address], env)

      await Promise.all([linked(right, wrong), linked(wrong, right)])
      await delay(2.5 * PING_MS)
      wrong.child.kill('SIGUSR2')
      await delay(5 * PING_MS)

      for (const node of [right, wrong]) {
        assert.equal((await node.stop()).code, 0)
      }

      // the first to stop ends the link
      for (const node of [right, wrong]) {
        assert.deepEqual(
          node.lines.filter(({ event }) => event === 'link:close').map(({ reason }) => reason),
          [node === right ? 'shutting-down' : 'remote']
        )
      }
    })
  }
})
