import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { KeyedLimiter } from '../../src/lib/keyed-limiter.ts'
import { perMinute, TokenBucket } from '../../src/lib/token-bucket.ts'
import { ManualClock } from '../support/manual-clock.ts'

describe('KeyedLimiter', () => {
  it('limits each key by itself', () => {
    const limiter = new KeyedLimiter(new ManualClock(), perMinute(2))
    const take = (keys: string[]): boolean[] => keys.map((key) => limiter.take(key))

    assert.deepEqual(take(['a', 'a', 'b', 'a', 'b', 'b']), [true, true, true, false, true, false])
  })

  it('gives a key back what was taken', () => {
    const limiter = new KeyedLimiter(new ManualClock(), perMinute(1))

    limiter.giveBack('a')
    assert.equal(limiter.take('a'), true)
    assert.equal(limiter.take('a'), false)
    limiter.giveBack('a')
    assert.equal(limiter.take('a'), true)
    assert.equal(limiter.take('a'), false)
  })

  it('forgets a key as soon as its bucket is full again', async () => {
    const clock = new ManualClock()
    const limiter = new KeyedLimiter(clock, perMinute(60))

    for (let i = 0; i < 1_000; i++) {
      limiter.take(`key ${i}`)
    }

    assert.equal(limiter.size, 1_000)
    await clock.advance(999)
    limiter.take('last')
    assert.equal(limiter.size, 1_001)
    await clock.advance(1)
    limiter.take('last')
    assert.equal(limiter.size, 1)
  })

  it('counts no more keys than it may, and forgets the one that was used longest ago', () => {
    const limiter = new KeyedLimiter(new ManualClock(), { ...perMinute(1), maxKeys: 2 })

    assert.deepEqual(
      ['a', 'b', 'a', 'c', 'a', 'b'].map((key) => limiter.take(key)),
      [true, true, false, true, false, true]
    )
    assert.equal(limiter.size, 2)
  })

  it('decides as a bucket for each key would', () => {
    const step = fc.record({
      wait: fc.nat(10_000),
      key: fc.constantFrom('a', 'b', 'c', 'd'),
      tokens: fc.integer({ min: 1, max: 3 })
    })

    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const clock = { at: 1_000_000, now: () => clock.at }
        const init = { burst: 3, perSecond: 0.25 }
        const limiter = new KeyedLimiter(clock, init)
        const buckets = new Map<string, TokenBucket>()

        for (const { wait, key, tokens } of steps) {
          clock.at += wait

          const bucket = buckets.get(key) ?? new TokenBucket(clock, init)

          buckets.set(key, bucket)
          assert.equal(limiter.take(key, tokens), bucket.take(tokens))
          assert.ok(limiter.size <= buckets.size)
        }
      })
    )
  })

  it('forgets keys also when the clock was set back', () => {
    const clock = { at: 1_000_000_000, now: () => clock.at }
    const limiter = new KeyedLimiter(clock, perMinute(60))

    for (const key of ['a', 'b', 'c']) {
      limiter.take(key)
    }

    clock.at -= 3_600_000
    limiter.take('d')

    for (let i = 0; i < 5; i++) {
      clock.at += 1_000
      limiter.take('e')
    }

    assert.equal(limiter.size, 1)
  })
})
