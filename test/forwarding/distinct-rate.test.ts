import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DistinctRate } from '../../src/forwarding/distinct-rate.ts'
import { ManualClock } from '../support/manual-clock.ts'

describe('DistinctRate', () => {
  it('takes so many names in a minute, each as often as it comes, and others in the next', async () => {
    const clock = new ManualClock()
    const rate = new DistinctRate(2, clock)
    const take = (names: string[]): boolean[] => names.map((name) => rate.take(name))

    assert.deepEqual(take(['a', 'b', 'a', 'c', 'b']), [true, true, true, false, true])
    await clock.advance(59_999)
    assert.deepEqual(take(['c', 'a']), [false, true])
    await clock.advance(1)
    assert.deepEqual(take(['c', 'd', 'a']), [true, true, false])
  })
})
