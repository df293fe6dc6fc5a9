import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { RateWindow } from '../../src/links/rate-window.ts'
import { ManualClock } from '../support/manual-clock.ts'

describe('RateWindow', () => {
  it('allows as many as it may in each window', async () => {
    const clock = new ManualClock()
    const window = new RateWindow(clock, 2, 100)

    assert.deepEqual([window.take(), window.take(), window.take()], [true, true, false])
    await clock.advance(99)
    assert.equal(window.take(), false)
    await clock.advance(1)
    assert.deepEqual([window.take(), window.take(), window.take()], [true, true, false])
  })

  it('begins anew when the clock is set, ahead or back', () => {
    for (const leap of [3_600_000, -3_600_000]) {
      const clock = new ManualClock()
      const window = new RateWindow(clock, 1, 100)

      assert.deepEqual([window.take(), window.take()], [true, false])
      clock.leap(leap)
      assert.deepEqual([window.take(), window.take()], [true, false])
    }
  })
})
