import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { LateNeighbours } from '../../src/models/late-neighbours.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import type { ModelInfo } from '../../src/models/types.ts'
import type { PeerId } from '@libp2p/interface'

describe('late neighbours', () => {
  let origin: PeerId
  let b: PeerId
  let c: PeerId

  before(async () => {
    ;[origin, b, c] = await Promise.all([createPeerId(), createPeerId(), createPeerId()])
  })

  function model(id: string, round = -1): ModelInfo {
    return {
      id,
      source: origin,
      kind: 'model',
      round,
      weight: 1n,
      details: new Uint8Array(0),
      encoding: 'none',
      size: 1,
      encodedSize: 1
    }
  }

  function create(): { late: LateNeighbours; offers: Array<[string, PeerId]> } {
    const offers: Array<[string, PeerId]> = []
    const late: LateNeighbours = new LateNeighbours({
      offer: (id, peer) => {
        offers.push([id, peer])
        late.offered(id, peer, [model(id)])
      },
      isRelayed: ({ round }) => round === -1
    })

    return { late, offers }
  }

  it('are offered what came before them, once', () => {
    const { late, offers } = create()
    const kept = [model('a')]

    late.begins(model('a'), [b])
    late.completes(model('a'), [b], kept)
    late.joins(c, kept)
    late.joins(c, kept)
    assert.deepEqual(offers, [['a', c]])
  })

  it('are offered what was still coming when they joined', () => {
    const { late, offers } = create()

    late.begins(model('a'), [b])
    late.joins(c, [])
    assert.deepEqual(offers, [])
    late.completes(model('a'), [b, c], [model('a')])
    assert.deepEqual(offers, [['a', c]])
  })

  it('are offered again when they come back', () => {
    const { late, offers } = create()
    const kept = [model('a')]

    late.begins(model('a'), [b])
    late.completes(model('a'), [b], kept)
    late.leaves(b)
    late.joins(b, kept)
    assert.deepEqual(offers, [['a', b]])
  })

  it('are offered neither what is not passed on, nor their own, nor what was sent to nobody', () => {
    const { late, offers } = create()
    const kept = [model('a', 3), model('own')]

    late.begins(model('a', 3), [])
    late.completes(model('a', 3), [], kept)
    late.joins(b, kept)
    late.offered('own', c, kept)
    late.joins(origin, kept)
    assert.deepEqual(offers, [])
    late.joins(b, kept)
    assert.deepEqual(offers, [['own', b]])
  })

  it('are no reason to remember whom a model went to that is no longer kept', () => {
    const { late, offers } = create()

    late.offered('a', b, [model('a')])
    late.offered('b', b, [model('b')])
    late.joins(c, [model('a'), model('b')])
    assert.deepEqual(offers, [['b', c]])
  })

  it('are offered nothing that failed or is no longer kept', () => {
    const { late, offers } = create()

    late.begins(model('a'), [])
    late.fails(model('a'))
    late.begins(model('b'), [])
    late.completes(model('b'), [], [model('b')])
    late.joins(c, [])
    late.joins(c, [model('a'), model('b')])
    assert.deepEqual(offers, [])
  })
})
