import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { deadline } from '../../protocols/deadline.ts'
import { ManualClock } from '../support/manual-clock.ts'

describe('deadline', () => {
  it('aborts its signal when the time is over, and not before', async () => {
    const clock = new ManualClock()
    const { signal, left } = deadline(clock, 1_000)

    await clock.advance(999)
    assert.deepEqual([signal.aborted, left()], [false, 1])
    await clock.advance(1)
    assert.deepEqual([signal.aborted, left()], [true, 0])
    assert.equal((signal.reason as Error).name, 'TimeoutError')
  })

  it('is over at once when there is no time', () => {
    const clock = new ManualClock()

    assert.equal(deadline(clock, 0).signal.aborted, true)
    assert.equal(clock.pending, 0)
  })

  it('aborts with the reason of another signal, now or before', () => {
    const clock = new ManualClock()
    const other = new AbortController()
    const before = deadline(clock, 1_000, undefined, other.signal)

    other.abort(new Error('enough'))

    for (const { signal } of [before, deadline(clock, 1_000, other.signal)]) {
      assert.equal((signal.reason as Error).message, 'enough')
    }
  })

  it('leaves no timer behind, and hears nobody, once it is cleared', async () => {
    const clock = new ManualClock()
    const other = new AbortController()
    const { signal, clear } = deadline(clock, 1_000, other.signal)

    clear()
    assert.equal(clock.pending, 0)
    await clock.advance(1_000)
    other.abort()
    assert.equal(signal.aborted, false)
  })

  it('has no more time than there was, whatever the clock says', async () => {
    let now = 10_000
    const { left } = deadline({ now: () => now, setTimeout: () => ({ clear: () => {} }) }, 500)

    now = 5_000
    assert.equal(left(), 500)
  })
})
