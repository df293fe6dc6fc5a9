import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { perMinute, perSecond, TokenBucket } from '../../src/lib/token-bucket.ts'
import type { TokenBucketInit } from '../../src/lib/token-bucket.ts'

function setUp(init: TokenBucketInit = { burst: 3, perSecond: 2 }): {
  bucket: TokenBucket
  times(count: number): number
  clock: { at: number; now(): number }
} {
  const clock = { at: 1_000_000, now: () => clock.at }
  const bucket = new TokenBucket(clock, init)

  return {
    bucket,
    times: (count) => Array.from({ length: count }, () => bucket.take()).filter(Boolean).length,
    clock
  }
}

const steps = fc.array(
  fc.oneof(
    fc.record({ wait: fc.nat(5_000) }),
    fc.record({ wait: fc.integer({ min: -100_000, max: 0 }) }),
    fc.record({ take: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ giveBack: fc.integer({ min: 1, max: 4 }) })
  ),
  { maxLength: 300 }
)

describe('TokenBucket', () => {
  it('allows a burst at once and not one more', () => {
    const { times } = setUp()

    assert.equal(times(3), 3)
    assert.equal(times(1), 0)
  })

  it('allows further ones at the steady rate, and never more at once than the burst', () => {
    const { times, clock } = setUp()

    times(3)
    clock.at += 499
    assert.equal(times(1), 0)
    clock.at += 1
    assert.equal(times(2), 1)
    clock.at += 3_600_000
    assert.equal(times(10), 3)
  })

  it('takes several tokens or none', () => {
    const { bucket } = setUp()

    assert.equal(bucket.take(4), false)
    assert.equal(bucket.take(2), true)
    assert.equal(bucket.take(2), false)
    assert.equal(bucket.take(1), true)
  })

  it('allows what is given back, and never more at once than the burst', () => {
    const { bucket, times } = setUp()

    times(3)
    assert.equal(bucket.full, false)
    bucket.giveBack()
    assert.equal(times(2), 1)

    for (let i = 0; i < 5; i++) {
      bucket.giveBack()
    }

    assert.equal(bucket.full, true)
    assert.equal(times(5), 3)
  })

  it('allows none for a clock that is set back', () => {
    const { times, clock } = setUp()

    times(3)
    clock.at -= 10_000
    assert.equal(times(1), 0)
    clock.at += 500
    assert.equal(times(2), 1)
  })

  it('tells how long it takes to repay what was spent beyond the tokens', () => {
    const { bucket, clock } = setUp()

    assert.equal(bucket.spend(1), -1_000)
    assert.equal(bucket.spend(4), 1_000)
    assert.equal(bucket.take(), false)
    clock.at += 1_000
    assert.equal(bucket.take(), false)
    clock.at += 500
    assert.equal(bucket.take(), true)
  })

  it('never refuses a steady rate at the limit', () => {
    for (const [init, gap] of [
      [perMinute(6), 10_000],
      [perSecond(8), 125]
    ] as const) {
      const { bucket, times, clock } = setUp(init)

      times(init.burst)

      for (let i = 0; i < 10_000; i++) {
        clock.at += gap
        assert.equal(bucket.take(), true)
      }
    }
  })

  it('allows in any time no more than the burst and what is added, whatever the clock does', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 1, max: 20 }),
        steps,
        (burst, rate, all) => {
          const { bucket, clock } = setUp({ burst, perSecond: rate })
          /** What the bucket may hold, in thousandths of a token. */
          let most = burst * 1_000

          for (const step of all) {
            if ('wait' in step) {
              clock.at += step.wait
              most = Math.min(burst * 1_000, most + Math.max(0, step.wait) * rate)
            } else if ('giveBack' in step) {
              bucket.giveBack(step.giveBack)
              most = Math.min(burst * 1_000, most + step.giveBack * 1_000)
            } else {
              const expected = most >= step.take * 1_000

              assert.equal(bucket.take(step.take), expected)
              most -= expected ? step.take * 1_000 : 0
            }

            assert.equal(bucket.full, most >= burst * 1_000)
          }
        }
      )
    )
  })
})
