import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { deadline, peerDeadline } from '../../src/lib/deadline.ts'
import { systemClock } from '../../src/lib/clock.ts'
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

describe('what a peer is to do in time', () => {
  it('may be read after it, when this process was held up, and then is late', async () => {
    const clock = new ManualClock()
    const { signal } = peerDeadline(clock, 1_000, 250)

    await clock.advance(1_249)
    assert.equal(signal.aborted, false)
    await clock.advance(1)
    assert.equal((signal.reason as Error).name, 'TimeoutError')
  })

  it('leaves no timer behind once it is done, before the time is over or in the grace', async () => {
    const clock = new ManualClock()
    const [early, late] = [peerDeadline(clock, 1_000, 250), peerDeadline(clock, 500, 250)]

    await clock.advance(600)
    early.clear()
    late.clear()
    assert.equal(clock.pending, 0)
    await clock.advance(2_000)
    assert.deepEqual([early.signal.aborted, late.signal.aborted], [false, false])
  })

  it('is read before the time is found to be over, though a timer is due first', async () => {
    const { port1, port2 } = new MessageChannel()
    const { signal, clear } = peerDeadline(systemClock, 20)
    const arrived = new Promise((resolve) => port2.addEventListener('message', resolve, { once: true }))

    port2.start()
    port1.postMessage('in time')

    // holds the process up
    for (const end = Date.now() + 100; Date.now() < end;);

    await arrived
    assert.equal(signal.aborted, false)
    clear()
    port1.close()
  })
})
