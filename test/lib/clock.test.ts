import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { systemClock } from '../../src/lib/clock.ts'

describe('the clock of the system', () => {
  it('has timers of any length', (context) => {
    context.mock.timers.enable({ apis: ['setTimeout'] })

    const month = 30 * 24 * 3_600_000
    const fired: string[] = []
    const cleared = systemClock.setTimeout(() => fired.push('cleared'), month)

    systemClock.setTimeout(() => fired.push('month'), month)

    const never = systemClock.setTimeout(() => fired.push('never'), Infinity)
    const day = (): void => context.mock.timers.tick(24 * 3_600_000)

    for (let i = 0; i < 29; i++) {
      day()
    }

    cleared.clear()
    assert.deepEqual(fired, [])
    // what a mocked timer sets begins at the end of the tick
    day()
    day()
    assert.deepEqual(fired, ['month'])

    for (let i = 0; i < 100; i++) {
      day()
    }

    never.clear()
    assert.deepEqual(fired, ['month'])
  })
})
