import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { BoundedMap } from '../../src/lib/bounded-map.ts'
import { ManualClock } from '../support/manual-clock.ts'

describe('BoundedMap', () => {
  it('drops the entry that was set or renewed longest ago', () => {
    const evicted: string[] = []
    const map = new BoundedMap<string, number>({ max: 2, onEvict: (key) => evicted.push(key) })

    map.set('a', 1)
    map.set('b', 2)
    assert.equal(map.renew('a'), 1)
    map.set('c', 3)
    map.set('a', 4)
    assert.deepEqual(evicted, ['b'])
    assert.deepEqual(
      [...map.entries()],
      [
        ['c', 3],
        ['a', 4]
      ]
    )
  })

  it('loses an entry the moment its time is over', async () => {
    const clock = new ManualClock()
    const map = new BoundedMap<string, number>({ max: 9, ttl: 1_000, clock })

    map.set('a', 1)
    await clock.advance(999)
    assert.deepEqual([map.has('a'), map.size], [true, 1])
    await clock.advance(1)
    assert.deepEqual([map.has('a'), map.renew('a'), map.size, [...map.keys()]], [false, undefined, 0, []])
  })

  it('keeps what it holds when the clock has leapt and it is told so', () => {
    const clock = { at: 1_000, now: () => clock.at }
    const map = new BoundedMap<string, number>({ max: 9, ttl: 1_000, clock })

    map.set('a', 1)
    clock.at += 60_000
    map.shift(60_000)
    assert.equal(map.get('a'), 1)
    clock.at += 1_000
    assert.equal(map.get('a'), undefined)
  })

  it('holds what a map would that is looked through at every step', () => {
    const step = fc.record({
      key: fc.nat(12),
      what: fc.constantFrom('set', 'set', 'renew', 'delete', 'take', 'wait')
    })

    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.array(step, { maxLength: 200 }), (max, steps) => {
        const clock = { at: 1_000, now: () => clock.at }
        const map = new BoundedMap<number, number>({ max, ttl: 50, clock })
        let model: Array<{ key: number; value: number; expiresAt: number }> = []

        for (const [value, { key, what }] of steps.entries()) {
          const before = model.find((entry) => entry.key === key)

          if (what === 'wait') {
            clock.at += key
          } else if (what === 'delete') {
            map.delete(key)
            model = model.filter((entry) => entry !== before)
          } else if (what === 'take') {
            assert.equal(map.take(key), before?.value)
            model = model.filter((entry) => entry !== before)
          } else if (what === 'set' || before != null) {
            const entry = {
              key,
              value: what === 'set' ? value : (before?.value ?? 0),
              expiresAt: clock.at + 50
            }

            model = [...model.filter((each) => each !== before), entry]
          }

          if (what === 'set') {
            map.set(key, value)
          } else if (what === 'renew') {
            map.renew(key)
          }

          model = model.filter(({ expiresAt }) => expiresAt > clock.at).slice(-max)
          assert.equal(map.get(key), model.find((entry) => entry.key === key)?.value)
          assert.deepEqual(
            [...map.entries()],
            model.map((entry) => [entry.key, entry.value])
          )
          assert.equal(map.size, model.length)
        }
      })
    )
  })
})
