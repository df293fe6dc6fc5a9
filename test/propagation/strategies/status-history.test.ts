import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { StatusHistory } from '../../../src/propagation/strategies/status-history.ts'

describe('StatusHistory', () => {
  it('is full of equal cycles with the last of so many in a row, and not one sooner', () => {
    const history = new StatusHistory(3)

    assert.deepEqual(
      ['a', 'a', 'a', 'a'].map((status) => history.add(status)),
      [false, false, true, true]
    )
  })

  it('begins again with each change', () => {
    const history = new StatusHistory(2)

    assert.deepEqual(
      ['a', 'b', 'a', 'b', 'b', 'a', 'a'].map((status) => history.add(status)),
      [false, false, false, false, true, false, true]
    )
  })

  it('of one is full at once', () => {
    assert.equal(new StatusHistory(1).add('a'), true)
  })
})
