import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { ScoreTime } from '../../../src/scoring/score/score-time.ts'
import { ManualClock } from '../../support/manual-clock.ts'

const HOUR = 3_600_000

describe('the time of scores', () => {
  it('passes as the clock does', async () => {
    const clock = new ManualClock()
    const time = new ScoreTime(clock, 60_000)
    const start = time.now()

    await clock.advance(5_000)
    assert.equal(time.now() - start, 5_000)
    await clock.advance(60_000)
    assert.equal(time.now() - start, 65_000)
  })

  it('does not pass while nobody watches', async () => {
    const clock = new ManualClock()
    const time = new ScoreTime(clock, 60_000)
    const start = time.now()

    await clock.advance(10 * HOUR)
    assert.equal(time.now() - start, 60_000)
  })

  it('never goes back, and goes on at once when the clock was set back', () => {
    let wall = 1_700_000_000_000
    const time = new ScoreTime({ now: () => wall, setTimeout: () => ({ clear: () => {} }) }, 60_000)
    const start = time.now()

    wall -= 5 * HOUR
    assert.equal(time.now() - start, 0)
    wall += 1_000
    assert.equal(time.now() - start, 1_000)
  })

  it('only grows, whatever the clock says', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1e12, max: 1e12 })), (steps) => {
        let wall = 0
        const time = new ScoreTime({ now: () => wall, setTimeout: () => ({ clear: () => {} }) }, 60_000)
        let last = time.now()

        for (const step of steps) {
          wall += step
          const now = time.now()

          assert.ok(now >= last && now - last <= 60_000)
          last = now
        }
      })
    )
  })
})
