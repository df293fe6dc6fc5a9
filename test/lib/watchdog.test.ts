import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DEADLINE_GRACE_MS, Watchdog } from '../../src/lib/watchdog.ts'
import { ManualClock } from '../support/manual-clock.ts'

const TIMEOUT_MS = 1_000

function scene(): { clock: ManualClock; watchdog: Watchdog; expired: () => number } {
  const clock = new ManualClock()
  let expired = 0

  return { clock, watchdog: new Watchdog(clock, TIMEOUT_MS, () => expired++), expired: () => expired }
}

describe('a watchdog', () => {
  it('calls back once, when its time is over', async () => {
    const { clock, watchdog, expired } = scene()

    watchdog.start()
    await clock.advance(TIMEOUT_MS / 2)
    watchdog.start()
    await clock.advance(TIMEOUT_MS / 2 - 1)
    assert.equal(expired(), 0)
    await clock.advance(1)
    assert.equal(expired(), 1)
    await clock.advance(10 * TIMEOUT_MS)
    assert.deepEqual([expired(), clock.pending], [1, 0])
  })

  it('begins anew with a restart, and does nothing once it is stopped', async () => {
    const { clock, watchdog, expired } = scene()

    watchdog.start()
    await clock.advance(TIMEOUT_MS - 1)
    watchdog.restart()
    await clock.advance(TIMEOUT_MS - 1)
    assert.equal(expired(), 0)
    watchdog.stop()
    await clock.advance(TIMEOUT_MS)
    assert.deepEqual([expired(), clock.pending], [0, 0])
  })

  it('lets what has come be read first, when the process was held up', async () => {
    for (const reads of [true, false]) {
      const { clock, watchdog, expired } = scene()

      watchdog.start()
      clock.leap(60_000)
      await clock.advance(TIMEOUT_MS)
      assert.equal(expired(), 0)

      if (reads) {
        watchdog.stop()
      }

      await clock.advance(DEADLINE_GRACE_MS)
      assert.deepEqual([expired(), clock.pending], [reads ? 0 : 1, 0])
    }
  })
})
