/** What is kept in memory while the disk takes nothing, and what makes room. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { defaultLogger } from '@libp2p/logger'
import { MemoryDatastore } from 'datastore-core'
import * as fc from 'fast-check'
import { Key } from 'interface-datastore'
import { SteadyDatastore } from '../../src/node/steady-datastore.ts'
import { rankOf } from '../../src/node/unsaved-entries.ts'
import { GrowingNumbers } from '../../src/lib/growing-numbers.ts'
import { parseSubnet, Restrictions } from '../../src/scoring/index.ts'
import { Warnings } from '../../src/warnings/index.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { ManualClock, settle } from '../support/manual-clock.ts'
import { TornLog } from './support/torn-log.ts'
import type { Rank } from '../../src/node/unsaved-entries.ts'

const MAX_UNSAVED = 3

const PREFIXES: Record<Rank, string> = {
  peer: '/peers/',
  other: '/nebula/scores/',
  kept: '/nebula/restrictions/blacklisted/'
}

describe('unsaved entries', () => {
  it('are ranked by what the parts of the node write', async () => {
    const datastore = new MemoryDatastore()
    const components = { datastore, logger: defaultLogger() }
    const restrictions = new Restrictions(components)
    const peer = await createPeerId()
    const found: Record<string, Rank> = {}

    await restrictions.add('blacklisted', peer, 'x')
    await restrictions.add('recently-disconnected', peer, 'x')
    await restrictions.addresses.add(parseSubnet('203.0.113.0/24'), 'x')

    for (const name of ['attempt', 'message', 'model'] as const) {
      await new GrowingNumbers(components, { name }).next()
    }

    for await (const key of datastore.queryKeys({})) {
      found[key.toString()] = rankOf(key.toString())
    }

    assert.deepEqual(found, {
      [`/nebula/restrictions/blacklisted/${peer}`]: 'kept',
      [`/nebula/restrictions/recently-disconnected/${peer}`]: 'other',
      '/nebula/blocked-addresses/203.0.113.0%2F24': 'kept',
      '/nebula/attempt-number': 'kept',
      '/nebula/message-number': 'kept',
      '/nebula/model-number': 'kept'
    })
  })

  it('that were made and deleted since the disk was full take no memory', async () => {
    const { disk, clock, store } = open()
    const bans = Array.from({ length: 10 }, (_, i) => new Key(`${PREFIXES.kept}${i}`))
    const [stored, ...others] = bans

    await store.put(stored!, Uint8Array.of(1))
    disk.full = true

    for (const key of bans) {
      await store.put(key, Uint8Array.of(2))
    }

    for (const key of bans) {
      await store.delete(key)
    }

    await clock.advance(1_000)
    await settle()
    assert.equal(store.unsaved, 1)
    assert.equal(await store.has(stored!), false)
    assert.equal(await store.has(others[0]!), false)
  })
})

type Step = { rank: Rank; index: number; value: number | null } | 'fill' | 'free' | 'settle' | 'wait'

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      rank: fc.constantFrom<Rank>('peer', 'peer', 'other', 'kept'),
      index: fc.nat(7),
      value: fc.option(fc.nat(255))
    })
  },
  { weight: 2, arbitrary: fc.constantFrom<Step>('fill', 'fill', 'free', 'settle', 'wait') }
)

describe('a store whose disk is full for long', () => {
  it('never loses a ban or a number, bounds the rest, and warns of whatever it loses', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
        const { disk, clock, store, warnings, told } = open()
        const written = new Map<string, number | null>()
        const keptKeys = new Set<string>()

        for (const next of [...steps, 'free', 'wait'] satisfies Step[]) {
          if (next === 'fill' || next === 'free') {
            disk.full = next === 'fill'
          } else if (next === 'settle') {
            await settle()
          } else if (next === 'wait') {
            await clock.advance(2_000)
            await settle()
          } else {
            const key = new Key(`${PREFIXES[next.rank]}${next.index}`)

            void (next.value == null ? store.delete(key) : store.put(key, Uint8Array.of(next.value)))
            written.set(key.toString(), next.value)

            if (next.rank === 'kept') {
              keptKeys.add(key.toString())
            }
          }

          assert.ok(store.unsaved <= MAX_UNSAVED + keptKeys.size)
          await check(store, written, told)
        }

        assert.equal(store.unsaved, 0)
        assert.deepEqual(warnings.list(), [])
        await check(open(await disk.restarted()).store, written, told)
      }),
      { numRuns: 300 }
    )
  })

  it('drops what was learnt of peers before anything else, the oldest first', async () => {
    const { disk, store, warnings } = open()
    const put = async (key: string): Promise<unknown> => store.put(new Key(key), Uint8Array.of(1))
    const lost = async (keys: string[]): Promise<string[]> => {
      const found = await Promise.all(keys.map(async (key) => store.has(new Key(key))))

      return keys.filter((_, i) => found[i] !== true)
    }
    const ban = '/nebula/restrictions/blacklisted/z'
    const entries = [ban, '/nebula/scores/a', '/peers/a', '/peers/b', '/peers/c']

    disk.full = true

    for (const key of entries.slice(0, 4)) {
      await put(key)
    }

    assert.deepEqual(await lost(entries.slice(0, 4)), [])
    assert.deepEqual(
      warnings.list().map(({ code }) => code),
      ['store-not-written']
    )
    await put('/peers/c')
    assert.deepEqual(await lost(entries), ['/peers/a'])
    await put('/nebula/scores/b')
    await put('/nebula/scores/c')
    await put('/nebula/scores/d')
    assert.deepEqual(await lost(entries), ['/nebula/scores/a', '/peers/a', '/peers/b', '/peers/c'])
    assert.deepEqual(
      warnings.list().map(({ code }) => code),
      ['store-not-written', 'store-entries-dropped']
    )
  })
})

interface Opened {
  disk: TornLog
  clock: ManualClock
  store: SteadyDatastore
  warnings: Warnings
  /** Codes of the warnings that were raised. */
  told: string[]
}

function open(disk = new TornLog()): Opened {
  const clock = new ManualClock()
  const warnings = new Warnings({ logger: defaultLogger() }, { clock })
  const told: string[] = []

  warnings.addEventListener('raised', ({ detail: { code } }) => told.push(code))

  const store = new SteadyDatastore(
    { datastore: disk, logger: defaultLogger(), warnings },
    { clock, maxUnsaved: MAX_UNSAVED }
  )

  return { disk, clock, store, warnings, told }
}

/** What differs from what was written was dropped, which is told; no ban does. */
async function check(
  store: SteadyDatastore,
  written: Map<string, number | null>,
  told: string[]
): Promise<void> {
  const found = new Map<string, number | undefined>()

  for await (const { key, value } of store.query({})) {
    found.set(key.toString(), value[0])
  }

  for (const [key, value] of written) {
    if ((found.get(key) ?? null) !== value) {
      assert.ok(!key.startsWith(PREFIXES.kept), `${key} was lost`)
      assert.ok(told.includes('store-entries-dropped'), `${key} was lost without a warning`)
    }
  }
}
