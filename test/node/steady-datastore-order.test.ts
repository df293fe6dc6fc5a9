import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { defaultLogger } from '@libp2p/logger'
import * as fc from 'fast-check'
import { Key } from 'interface-datastore'
import { SteadyDatastore } from '../../src/node/steady-datastore.ts'
import { ManualClock, settle } from '../support/manual-clock.ts'
import { TornLog } from './support/torn-log.ts'

const KEYS = ['/a', '/b', '/c'].map((name) => new Key(name))

type Step = { key: Key; value: number | null } | 'fill' | 'free' | 'settle' | 'wait' | 'kill' | 'close'

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ key: fc.constantFrom(...KEYS), value: fc.option(fc.nat(255)) }) },
  { weight: 4, arbitrary: fc.constantFrom<Step>('fill', 'free', 'settle', 'wait') },
  { weight: 1, arbitrary: fc.constantFrom<Step>('kill', 'close') }
)

describe('a datastore on a log that failed writes tear', () => {
  it('reads what was written, and has it after a restart, in every order of failures', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const clock = new ManualClock()
        const written = new Map<string, number | null>()
        let disk = new TornLog()
        let store = open(disk, clock)

        for (const next of [...steps, 'free', 'wait', 'kill'] satisfies Step[]) {
          if (next === 'fill' || next === 'free') {
            disk.full = next === 'fill'
          } else if (next === 'settle') {
            await settle()
          } else if (next === 'wait') {
            await clock.advance(2_000)
            await settle()
          } else if (next === 'kill' || next === 'close') {
            // a disk that stays full to the end keeps nothing; the next run begins with room
            disk.full = false

            if (next === 'kill') {
              await clock.advance(2_000)
              await settle()
              assert.equal(store.unsaved, 0)
            } else {
              await store.close()
            }

            disk = await disk.restarted()
            store = open(disk, clock)
          } else {
            const { key, value } = next
            // nothing waits for it: the next step may come before it is written
            void (value == null ? store.delete(key) : store.put(key, Uint8Array.of(value)))
            written.set(key.toString(), value)
          }

          await check(store, written)
        }
      }),
      { numRuns: 150 }
    )
  })
})

function open(datastore: TornLog, clock: ManualClock): SteadyDatastore {
  return new SteadyDatastore({ datastore, logger: defaultLogger() }, { clock })
}

async function check(store: SteadyDatastore, written: Map<string, number | null>): Promise<void> {
  const expected = [...written].filter(([, value]) => value != null)
  const found: Array<[string, number | undefined]> = []

  for await (const pair of store.query({ prefix: '/' })) {
    found.push([pair.key.toString(), pair.value[0]])
  }

  assert.equal(found.length, expected.length)
  assert.deepEqual(Object.fromEntries(found), Object.fromEntries(expected))

  for (const key of KEYS) {
    assert.equal(await store.has(key), written.get(key.toString()) != null)
  }
}
