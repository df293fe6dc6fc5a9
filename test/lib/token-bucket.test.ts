import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Allowance } from '../../src/lib/token-bucket.ts'

function setUp(): {
  allowance: Allowance
  times(count: number): number
  clock: { at: number; now(): number }
} {
  const clock = { at: 1_000_000, now: () => clock.at }
  const allowance = new Allowance(clock, { burst: 3, perSecond: 2 })

  return {
    allowance,
    times: (count) => Array.from({ length: count }, () => allowance.take()).filter(Boolean).length,
    clock
  }
}

describe('Allowance', () => {
  it('allows so many at once and not one more', () => {
    const { times } = setUp()

    assert.equal(times(3), 3)
    assert.equal(times(1), 0)
  })

  it('allows further ones as they come due, and never more than at first', () => {
    const { times, clock } = setUp()

    times(3)
    clock.at += 499
    assert.equal(times(1), 0)
    clock.at += 1
    assert.equal(times(2), 1)
    clock.at += 3_600_000
    assert.equal(times(10), 3)
  })

  it('allows what is given back, and never more than at first', () => {
    const { allowance, times } = setUp()

    times(3)
    assert.equal(allowance.full, false)
    allowance.giveBack()
    assert.equal(times(2), 1)

    for (let i = 0; i < 5; i++) {
      allowance.giveBack()
    }

    assert.equal(allowance.full, true)
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
})
