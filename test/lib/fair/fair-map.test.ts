import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { FairMap } from '../../../src/lib/fair/index.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { introducer, someIntroducer } from './introducers.ts'

const honest = introducer(1, 1, 1)

/** Keys of an introducer. */
const keysOf = (map: FairMap<string, string>, id: string): string[] =>
  [...map.entries()].filter(([, value]) => value === id).map(([key]) => key)

describe('FairMap', () => {
  it('evicts the oldest entry of the introducer that holds the most', () => {
    const evicted: string[] = []
    const map = new FairMap<string, number>({ max: 4, onEvict: (key) => evicted.push(key) })

    map.set('a', 1, honest)
    map.set('b', 2, introducer(2, 1, 1))
    map.set('c', 3, introducer(2, 1, 1))
    map.set('d', 4, introducer(2, 1, 1))
    map.renew('b')
    assert.equal(map.set('e', 5, honest), true)
    assert.deepEqual(evicted, ['c'])
    assert.deepEqual(
      [...map.entries()].map(([key]) => key),
      ['a', 'd', 'b', 'e']
    )
  })

  it('has an introducer that holds the most make room for its own entries', () => {
    const map = new FairMap<number, true>({ max: 10 })

    map.set(-1, true, honest)

    for (let i = 0; i < 1_000; i++) {
      assert.equal(map.set(i, true, introducer(2, 1, 1)), true)
    }

    assert.deepEqual([map.size, map.has(-1), map.has(999), map.has(990)], [10, true, true, false])
  })

  it('takes in an introducer that has no entry yet, also when none has more than one', () => {
    const map = new FairMap<string, string>({ max: 3 })

    for (const i of [1, 2, 3, 4]) {
      assert.equal(map.set(`${i}`, '', introducer(i, 1, 1)), true)
    }

    assert.deepEqual([map.size, map.has('4')], [3, true])
  })

  it('loses what is not set or renewed in time', async () => {
    const clock = new ManualClock()
    const map = new FairMap<string, number>({ max: 4, ttl: 1_000, clock })

    map.set('a', 1, honest)
    map.set('b', 2, honest)
    await clock.advance(500)
    map.renew('a')
    await clock.advance(500)
    assert.deepEqual([map.get('a'), map.get('b'), map.heldBy(honest.id)], [1, undefined, 1])
    await clock.advance(500)
    assert.deepEqual([map.size, map.heldBy(honest.id)], [0, 0])
  })

  it('has an entry that several bring paid for by the one that holds less', () => {
    const map = new FairMap<string, string>({ max: 10 })
    const attacker = introducer(2, 1, 1)

    // the attacker brings first what is the honest peer's
    map.set('honest', '', attacker)

    for (let i = 0; i < 9; i++) {
      map.set(`own ${i}`, '', attacker)
    }

    map.set('honest', '', honest)
    assert.deepEqual([map.heldBy(honest.id), map.heldBy(attacker.id)], [1, 9])

    for (let i = 0; i < 100; i++) {
      map.set(`more ${i}`, '', attacker)
    }

    assert.equal(map.has('honest'), true)
  })

  it('removes all of an introducer', () => {
    const map = new FairMap<string, number>({ max: 10 })

    map.set('a', 1, honest)
    map.set('b', 2, introducer(2, 1, 1))
    map.set('c', 3, honest)
    map.deleteOf(honest.id)
    assert.deepEqual([...map.entries()], [['b', 2]])
    map.clear()
    assert.deepEqual([map.size, map.heldBy('2.1.1')], [0, 0])
  })

  it('never holds more than it may, and counts for each introducer what it holds', () => {
    const step = fc.record({
      who: someIntroducer,
      key: fc.nat(30),
      what: fc.constantFrom('set', 'set', 'set', 'delete', 'renew', 'wait')
    })

    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 0, max: 5 }),
        fc.integer({ min: 1, max: 12 }),
        fc.array(step, { maxLength: 200 }),
        (max, reserved, maxEach, steps) => {
          const clock = { at: 1_000, now: () => clock.at }
          const init = { max, reserved: Math.min(reserved, max), maxEach, clock, ttl: 100 }
          const map = new FairMap<number, string>(init)
          const ids = new Set<string>()

          for (const { who, key, what } of steps) {
            ids.add(who.id)

            if (what === 'set') {
              const had = map.has(key)
              const taken = map.set(key, who.id, who)

              assert.equal(map.get(key), taken ? who.id : undefined)
              // only a map without any common room refuses
              assert.ok(taken || (!had && who.chosen !== true && init.max === init.reserved))
            } else if (what === 'delete') {
              map.delete(key)
              assert.equal(map.has(key), false)
            } else if (what === 'renew') {
              map.renew(key)
            } else {
              clock.at += key
            }

            const entries = [...map.entries()]
            const held = [...ids].map((id) => map.heldBy(id))

            assert.ok(entries.length <= max)
            assert.equal(entries.length, map.size)
            assert.equal(
              held.reduce((sum, each) => sum + each, 0),
              map.size
            )
            assert.ok(held.every((each) => each <= maxEach))
          }
        }
      )
    )
  })

  it('never takes from an introducer what is within its share, whatever others bring', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 30 }),
        fc.array(someIntroducer, { minLength: 1, maxLength: 500 }),
        (max, others) => {
          // four networks with the honest one; it is alone in its own
          const map = new FairMap<string, string>({ max })
          const alone = introducer(9, 1, 1)
          const share = Math.floor(max / 4)

          for (let i = 0; i < share; i++) {
            map.set(`honest ${i}`, alone.id, alone)
          }

          for (const [i, { id, host, subnet }] of others.entries()) {
            map.set(`other ${i}`, id, { id, host, subnet })
            assert.equal(keysOf(map, alone.id).length, share)
          }
        }
      )
    )
  })

  it('gives as many identities of one host as there may be no more than one of them', () => {
    const map = new FairMap<string, string>({ max: 100 })

    for (let i = 0; i < 50; i++) {
      map.set(`honest ${i}`, honest.id, honest)
    }

    for (let i = 0; i < 10_000; i++) {
      map.set(`sybil ${i}`, 'sybil', { id: `sybil ${i}`, host: '2.1', subnet: '2' })
    }

    assert.deepEqual([keysOf(map, honest.id).length, map.size], [50, 100])
  })

  it('never takes from chosen introducers what is within the reserve', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 }),
        fc.array(someIntroducer, { maxLength: 300 }),
        (reserved, others) => {
          const map = new FairMap<string, string>({ max: 20, reserved })
          const chosen = { ...introducer(0, 0, 9), id: 'friend', chosen: true }

          for (let i = 0; i < reserved; i++) {
            map.set(`chosen ${i}`, chosen.id, chosen)
          }

          for (const [i, { id, host, subnet }] of others.entries()) {
            map.set(`other ${i}`, id, { id, host, subnet })
          }

          assert.equal(keysOf(map, 'friend').length, reserved)
        }
      )
    )
  })
})
