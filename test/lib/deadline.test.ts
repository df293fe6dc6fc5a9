import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { systemClock } from '../../src/lib/clock.ts'
import { deadline } from '../../src/lib/deadline.ts'
import { DEADLINE_GRACE_MS } from '../../src/lib/watchdog.ts'
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

  it('has no end of its own when its time is infinite', () => {
    const clock = new ManualClock()
    const other = new AbortController()
    const { signal } = deadline(clock, Infinity, other.signal)

    assert.equal(clock.pending, 0)
    other.abort()
    assert.equal(signal.aborted, true)
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

describe('a deadline at which the process was held up', () => {
  it('is over after a grace, in which what arrived in time is read', async () => {
    const clock = new ManualClock()
    const [over, done] = [deadline(clock, 1_000), deadline(clock, 1_000)]

    // the process computes for a minute, so that no timer fires in time
    clock.leap(60_000)
    await clock.advance(1_000)
    assert.deepEqual([over.signal.aborted, over.left()], [false, 0])
    done.clear()
    await clock.advance(DEADLINE_GRACE_MS)
    assert.deepEqual([over.signal.aborted, done.signal.aborted, clock.pending], [true, false, 0])
  })

  it('is not over before what arrived in time is read, though its timer is due first', async () => {
    const { port1, port2 } = new MessageChannel()
    const { signal, clear } = deadline(systemClock, 20)
    const arrived = new Promise((resolve) => port2.addEventListener('message', resolve, { once: true }))

    port2.start()
    port1.postMessage('in time')

    // holds the process up
    for (const end = Date.now() + 200; Date.now() < end;);

    await arrived
    assert.equal(signal.aborted, false)
    clear()
    port1.close()
  })
})

describe('any deadline', () => {
  it('ends with what comes first, says which it was, and leaves nothing behind', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(3_000), fc.nat(3_000), fc.nat(2_000), async (ms, abortAt, heldUp) => {
        const clock = new ManualClock()
        const other = new AbortController()
        const limit = deadline(clock, ms, other.signal)
        const timer = clock.setTimeout(() => other.abort(new Error('enough')), abortAt)

        clock.leap(heldUp)
        await clock.advance(10_000)
        assert.equal(limit.signal.aborted, true)

        const grace = ms > 0 && heldUp > 50 ? DEADLINE_GRACE_MS : 0

        // both may be due at the same time
        if (abortAt !== ms + grace) {
          assert.equal(limit.expired, ms + grace < abortAt)
          assert.equal((limit.signal.reason as Error).name, limit.expired ? 'TimeoutError' : 'Error')
        }

        timer.clear()
        limit.clear()
        assert.equal(clock.pending, 0)
      }),
      { numRuns: 50 }
    )
  })
})
