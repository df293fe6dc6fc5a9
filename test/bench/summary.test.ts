import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { spreadOf, summarise } from '../../bench/summary.ts'
import type { Aim } from '../../bench/benchmark.ts'

describe('figures of a benchmark', () => {
  it('are medians with the least and the greatest', () => {
    assert.deepEqual(spreadOf([9, 1, 5]), { median: 5, min: 1, max: 9 })
    assert.deepEqual(spreadOf([10, 9, 1, 2]), { median: 5.5, min: 1, max: 10 })
    assert.deepEqual(spreadOf([7]), { median: 7, min: 7, max: 7 })
  })

  it('are not made up', () => {
    assert.throws(() => spreadOf([]), RangeError)
    assert.throws(() => spreadOf([1, Number.NaN]), RangeError)
  })

  const cases: Array<{ aim: Aim; text: string; met: boolean }> = [
    { aim: { of: 'ours', below: 21 }, text: '< 21 ms', met: true },
    { aim: { of: 'ours', below: 20 }, text: '< 20 ms', met: false },
    { aim: { of: 'ratio', above: 0.4 }, text: 'ratio > 0.4', met: true },
    { aim: { of: 'ratio', above: 0.5 }, text: 'ratio > 0.5', met: false },
    { aim: { of: 'ratio', above: 0.4, below: 0.6 }, text: 'ratio > 0.4, < 0.6', met: true }
  ]

  for (const { aim, text, met } of cases) {
    it(`of 20 ms beside 40 ms ${met ? 'meet' : 'miss'} the aim ${text}`, () => {
      const summary = summarise({ name: 'x', unit: 'ms', ours: [10, 20, 30], peer: [40], peerName: 'y', aim })

      assert.equal(summary.ratio, 0.5)
      assert.equal(summary.aim, text)
      assert.equal(summary.met, met)
    })
  }

  it('have no aim where they are only to be seen', () => {
    const { aim, met } = summarise({ name: 'x', unit: 'ms', ours: [1], peer: [1], peerName: 'y' })

    assert.deepEqual({ aim, met }, { aim: '-', met: null })
  })
})
