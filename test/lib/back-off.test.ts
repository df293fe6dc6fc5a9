import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { backOff } from '../../src/lib/back-off.ts'

const init = { retryDelay: 1_000, maxRetryDelay: 30_000, random: () => 0 }

describe('backOff', () => {
  for (const [failures, delay] of [
    [0, 1_000],
    [1, 1_000],
    [2, 2_000],
    [5, 16_000],
    [6, 30_000],
    [10_000, 30_000],
    [Infinity, 30_000]
  ] as const) {
    it(`waits ${delay} ms after failure ${failures}`, () => {
      assert.equal(backOff(failures, init), delay)
    })
  }

  it('is at most the maximum, and at least three quarters of what it would be without chance', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 1, max: 2 ** 31 }),
        fc.integer({ min: 1, max: 2 ** 31 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (failures, retryDelay, maxRetryDelay, random) => {
          const bounds = { retryDelay, maxRetryDelay }
          const most = backOff(failures, { ...bounds, random: () => 0 })
          const delay = backOff(failures, { ...bounds, random: () => random })

          assert.ok(delay <= most && most <= maxRetryDelay && delay >= Math.floor(most * 0.75))
        }
      )
    )
  })
})
