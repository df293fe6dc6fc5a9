import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { DistinctLimiter } from '../../src/lib/distinct-limiter.ts'
import { perMinute } from '../../src/lib/token-bucket.ts'
import { ManualClock } from '../support/manual-clock.ts'

describe('DistinctLimiter', () => {
  it('admits so many keys, each as often as it comes, and further ones at the steady rate', async () => {
    const clock = new ManualClock()
    const limiter = new DistinctLimiter(clock, perMinute(2))
    const take = (keys: string[]): boolean[] => keys.map((key) => limiter.take(key))

    assert.deepEqual(take(['a', 'b', 'a', 'c', 'b']), [true, true, true, false, true])
    await clock.advance(29_999)
    assert.deepEqual(take(['c', 'a']), [false, true])
    await clock.advance(1)
    assert.deepEqual(take(['c', 'd', 'a']), [true, false, true])
    await clock.advance(60_000)
    assert.deepEqual(take(['d', 'e', 'a']), [true, true, false])
  })

  it('keeps free keys when the clock is set back, and forgets them in time', () => {
    const clock = { at: 1_000_000_000, now: () => clock.at }
    const limiter = new DistinctLimiter(clock, perMinute(1))

    assert.equal(limiter.take('a'), true)
    clock.at -= 3_600_000
    assert.deepEqual([limiter.take('a'), limiter.take('b')], [true, false])
    clock.at += 60_000
    assert.deepEqual([limiter.take('b'), limiter.take('a')], [true, false])
  })

  it('admits in any minute no more keys than twice the burst, and has no more of them in memory', () => {
    const step = fc.record({ wait: fc.nat(20_000), key: fc.nat(30) })

    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(step, { maxLength: 200 }), (count, steps) => {
        const clock = { at: 1_000_000, now: () => clock.at }
        const limiter = new DistinctLimiter(clock, perMinute(count))
        const allowed: Array<{ at: number; key: number }> = []

        for (const { wait, key } of steps) {
          clock.at += wait

          const free = allowed.some((each) => each.key === key && each.at === clock.at)

          if (limiter.take(String(key))) {
            allowed.push({ at: clock.at, key })
          } else {
            assert.equal(free, false)
          }

          const recent = allowed.filter(({ at }) => clock.at - at < 60_000)

          assert.ok(limiter.size <= 2 * count)
          // each was admitted in this minute or the one before
          assert.ok(new Set(recent.map((each) => each.key)).size <= 3 * count)
        }
      })
    )
  })
})
