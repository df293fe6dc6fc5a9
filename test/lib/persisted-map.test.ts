import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { defaultLogger } from '@libp2p/logger'
import { MemoryDatastore } from 'datastore-core'
import * as fc from 'fast-check'
import { Key } from 'interface-datastore'
import { PersistedMap } from '../../src/lib/persisted-map.ts'
import { ManualClock, settle } from '../support/manual-clock.ts'
import type { Datastore } from 'interface-datastore'

interface Entry {
  value: number
  expiresAt: number
  ttl: number
}

const PREFIX = new Key('/test')

function create(datastore: Datastore, clock: ManualClock, max = 100): PersistedMap<Entry> {
  return new PersistedMap<Entry>(
    { datastore, logger: defaultLogger() },
    {
      name: 'test',
      clock,
      max,
      prefix: PREFIX,
      nameOf: encodeURIComponent,
      ttl: ({ ttl }) => ttl,
      encode: (key, entry) => ({ key, ...entry }),
      decode: (stored) => {
        const { key, value, expiresAt, ttl } = stored as Entry & { key: string }

        return typeof key === 'string' ? { key, entry: { value, expiresAt, ttl } } : undefined
      }
    }
  )
}

async function started(datastore: Datastore, clock: ManualClock, max?: number): Promise<PersistedMap<Entry>> {
  const map = create(datastore, clock, max)

  await map.start()

  return map
}

function entryOf(map: PersistedMap<Entry>, value: number, ttl: number): Entry {
  return { value, ttl, expiresAt: map.now() + ttl }
}

const pairsOf = (map: PersistedMap<Entry>): Array<[string, number]> =>
  Array.from(map.entries(), ([key, { value }]): [string, number] => [key, value]).sort(([a], [b]) =>
    a < b ? -1 : 1
  )

async function kept(datastore: Datastore): Promise<number> {
  let count = 0

  for await (const pair of datastore.query({ prefix: PREFIX.toString() })) {
    count += pair.value.byteLength > 0 ? 1 : 0
  }

  return count
}

describe('PersistedMap', () => {
  it('drops the entry that would expire first, in the datastore too', async () => {
    const [datastore, clock] = [new MemoryDatastore(), new ManualClock()]
    const map = await started(datastore, clock, 2)

    await map.set('long', entryOf(map, 1, 9_000))
    await map.set('short', entryOf(map, 2, 3_000))
    await map.set('new', entryOf(map, 3, 5_000))
    assert.deepEqual(pairsOf(map), [
      ['long', 1],
      ['new', 3]
    ])
    await map.stop()
    assert.equal(await kept(datastore), 2)
  })

  it('extends an entry, or replaces one that holds for longer where that is meant', async () => {
    const [datastore, clock] = [new MemoryDatastore(), new ManualClock()]
    const map = await started(datastore, clock)

    await map.set('a', entryOf(map, 1, 9_000))
    assert.equal((await map.set('a', entryOf(map, 2, 3_000), { extend: true })).value, 1)
    assert.equal((await map.set('a', entryOf(map, 3, 3_000))).value, 3)
    assert.equal((await map.set('a', entryOf(map, 4, 6_000), { extend: true })).value, 4)
    await map.stop()
    assert.equal(clock.pending, 0)
  })

  it('holds an entry for as long as it was made for, though the clock leaps', async () => {
    const [datastore, clock] = [new MemoryDatastore(), new ManualClock()]
    const map = await started(datastore, clock)

    await map.set('a', entryOf(map, 1, 20_000))

    for (const leap of [3_600_000, -7_200_000]) {
      clock.leap(leap)
      await clock.advance(5_000)
      assert.equal(map.has('a'), true)
    }

    await clock.advance(11_000)
    assert.equal(map.has('a'), false)
    await map.stop()
    assert.equal(await kept(datastore), 0)
  })

  it('is in force although the datastore takes nothing', async () => {
    const datastore = new MemoryDatastore()
    const map = await started(datastore, new ManualClock())

    datastore.put = () => {
      throw new Error('the disk is full')
    }
    await map.set('a', entryOf(map, 1, 9_000))
    assert.equal(map.get('a')?.value, 1)
    await map.stop()
  })

  it('removes from the datastore what is no entry', async () => {
    const [datastore, clock] = [new MemoryDatastore(), new ManualClock()]

    for (const [name, text] of [
      ['a', 'no JSON'],
      ['b', 'null'],
      ['c', '{}'],
      ['d', JSON.stringify({ key: 'another', value: 1, ttl: 1_000, expiresAt: clock.now() + 1_000 })]
    ]) {
      await datastore.put(PREFIX.child(new Key(name ?? '')), new TextEncoder().encode(text))
    }

    const map = await started(datastore, clock)

    assert.deepEqual(pairsOf(map), [])
    await map.stop()
    assert.equal(await kept(datastore), 0)
  })

  it('has after a restart what it had before, bounded and never beyond its time', async () => {
    const step = fc.record({
      key: fc.constantFrom('a', 'b/c', 'd e', '::1/64', 'ü'),
      what: fc.constantFrom('set', 'set', 'extend', 'delete', 'wait', 'restart'),
      ms: fc.integer({ min: 1, max: 20_000 })
    })

    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.array(step, { maxLength: 40 }),
        async (max, steps) => {
          const [datastore, clock] = [new MemoryDatastore(), new ManualClock()]
          let map = await started(datastore, clock, max)
          /** By when each is over at the latest. */
          const latest = new Map<string, number>()

          for (const [value, { key, what, ms }] of steps.entries()) {
            if (what === 'wait') {
              await clock.advance(ms)
            } else if (what === 'delete') {
              await map.delete(key)
              assert.equal(map.has(key), false)
            } else if (what === 'restart') {
              const before = pairsOf(map)

              await map.stop()
              assert.equal(clock.pending, 0)
              map = await started(datastore, clock, max)
              assert.deepEqual(pairsOf(map), before)
            } else {
              const entry = entryOf(map, value, ms)
              const now = await map.set(key, entry, { extend: what === 'extend' })

              latest.set(key, Math.max(now.expiresAt, what === 'set' ? 0 : (latest.get(key) ?? 0)))
              assert.equal(map.get(key), now)
            }

            await settle()

            for (const [each] of map.entries()) {
              assert.ok(clock.now() < (latest.get(each) ?? 0) + 1_000)
            }

            assert.ok([...map.entries()].length <= max)
            assert.ok((await kept(datastore)) <= max)
          }

          await map.stop()
        }
      ),
      { numRuns: 50 }
    )
  })
})
