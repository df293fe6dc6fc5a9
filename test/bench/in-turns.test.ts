import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inTurns } from '../../bench/in-turns.ts'

describe('runs in turns', () => {
  it('alternate, and leave out the first of each', async () => {
    const order: string[] = []
    const counter = (name: string): (() => Promise<number>) => {
      let runs = 0

      return async () => {
        order.push(name)

        return runs++
      }
    }

    assert.deepEqual(await inTurns(2, { ours: counter('ours'), peer: counter('peer') }), {
      ours: [1, 2],
      peer: [1, 2]
    })
    assert.deepEqual(order, ['ours', 'peer', 'ours', 'peer', 'ours', 'peer'])
  })
})
