import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { selectAll, selectLeastConnected } from '../../../src/index.ts'
import { createPeerId } from '../../support/create-peer-id.ts'
import type { Offer } from '../../../src/index.ts'

async function offers(...neighbours: number[]): Promise<Offer[]> {
  return Promise.all(
    neighbours.map(async (nNeighbors) => ({
      peer: await createPeerId(),
      fields: { nNeighbors, loss: 0, rounds: 1, round: 0, epochs: 1 }
    }))
  )
}

describe('candidates', () => {
  it('are all who made an offer', async () => {
    const all = await offers(3, 1)

    assert.deepEqual(
      selectAll(all),
      all.map(({ peer }) => peer)
    )
    assert.deepEqual(selectAll([]), [])
  })

  it('are those with the fewest neighbours, of equals the first', async () => {
    const all = await offers(3, 1, 2, 1)
    const chosen = (count: number): unknown[] => [selectLeastConnected(count)(all)].flat()

    assert.deepEqual(chosen(1), [all[1]?.peer])
    assert.deepEqual(
      chosen(3),
      [1, 3, 2].map((index) => all[index]?.peer)
    )
    assert.equal(chosen(9).length, 4)
  })
})
