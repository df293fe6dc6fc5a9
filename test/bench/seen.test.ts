import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seen } from '../../bench/seen.ts'
import { summarise } from '../../bench/summary.ts'

describe('the memory of what a node knows messages by', () => {
  it('is bounded for each entry', async () => {
    for (const figure of (await seen.run({ quick: true })).map(summarise)) {
      assert.equal(figure.met, true, `${figure.name}: ${figure.ours} ${figure.unit}`)
    }
  })
})
