import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import * as fc from 'fast-check'
import { computeScore } from '../../../src/scoring/score/arithmetic.ts'
import { median, Opinions } from '../../../src/scoring/score/opinions.ts'
import { resolveParams } from '../../../src/scoring/score/params.ts'
import { createPeerId } from '../../support/create-peer-id.ts'
import type { OpinionsInit } from '../../../src/scoring/score/opinions.ts'
import type { PeerId } from '@libp2p/interface'

describe('the opinions of neighbours', () => {
  let target: PeerId
  let peers: PeerId[]

  before(async () => {
    target = await createPeerId()
    peers = await Promise.all(Array.from({ length: 40 }, createPeerId))
  })

  function opinions(init: Partial<OpinionsInit> = {}): Opinions {
    return new Opinions({ isNeighbour: () => true, now: () => 0, ...init })
  }

  function say(all: Opinions, from: PeerId | undefined, score: number, round = 0, about = target): boolean {
    assert.ok(from)

    return all.note(from, { nodeId: about.toString(), score, round })
  }

  it('have a median', () => {
    for (const [values, expected] of [
      [[1], 1],
      [[0, 1], 0.5],
      [[1, 0, 0.2], 0.2],
      [[1, 0, 0.2, 0.4], 0.3]
    ] as const) {
      assert.ok(Math.abs(median(values) - expected) < 1e-12, `${values}`)
    }
  })

  // by hand: the median below one half, as a part of one half
  const table: Array<[number[], number]> = [
    [[], 0],
    [[0], 0],
    [[0, 0], 1],
    [[0, 0.5], 0.5],
    [[0, 1], 0],
    [[1, 1, 0], 0],
    [[0.25, 0.25, 1], 0.5],
    [[0.5, 0.9, 0.7], 0]
  ]

  for (const [scores, expected] of table) {
    it(`fall short by ${expected} when they are ${JSON.stringify(scores)}`, () => {
      const all = opinions()

      scores.forEach((score, i) => say(all, peers[i], score))
      assert.ok(Math.abs(all.shortfall(target) - expected) < 1e-12)
    })
  }

  it('count once a neighbour, the last one', () => {
    const all = opinions()

    for (let round = 0; round < 100; round++) {
      assert.equal(say(all, peers[0], 0, round), true)
    }

    assert.equal(all.size, 1)
    assert.equal(all.shortfall(target), 0)
    say(all, peers[1], 0)
    assert.equal(all.shortfall(target), 1)
    say(all, peers[0], 1, 200)
    say(all, peers[1], 1, 200)
    assert.equal(all.shortfall(target), 0)
  })

  it('of an earlier round do not replace a later one', () => {
    const all = opinions({ minOpinions: 1 })

    say(all, peers[0], 1, 5)
    assert.equal(say(all, peers[0], 0, 4), false)
    assert.equal(all.shortfall(target), 0)
    assert.equal(say(all, peers[0], 0, 5), true)
    assert.equal(all.shortfall(target), 1)
  })

  it('that are none do not count', () => {
    const all = opinions({ minOpinions: 1 })
    const [from] = peers

    assert.ok(from)

    for (const score of [-0.1, 1.1, NaN, Infinity, -Infinity]) {
      assert.equal(say(all, from, score), false)
    }

    assert.equal(all.note(from, { nodeId: 'nobody', score: 0, round: 0 }), false)
    assert.equal(all.note(from, { nodeId: '', score: 0, round: 0 }), false)
    // of oneself
    assert.equal(say(all, from, 1, 0, from), false)
    assert.equal(all.size, 0)
  })

  it('count from neighbours only, and as long as they are some', () => {
    const neighbours = new Set(peers.slice(0, 2))
    const all = opinions({ isNeighbour: (peer) => neighbours.has(peer) })

    assert.equal(say(all, peers[2], 0), false)
    say(all, peers[0], 0)
    say(all, peers[1], 0)
    assert.equal(all.shortfall(target), 1)
    neighbours.delete(peers[1] as PeerId)
    assert.equal(all.shortfall(target), 0)
  })

  it('are forgotten with the link', () => {
    const all = opinions()

    for (const about of peers.slice(10, 20)) {
      say(all, peers[0], 0, 0, about)
      say(all, peers[1], 0, 0, about)
    }

    assert.equal(all.size, 20)
    all.forget(peers[0] as PeerId)
    all.forget(peers[0] as PeerId)
    assert.equal(all.size, 10)
    assert.equal(all.shortfall(peers[10] as PeerId), 0)
  })

  it('count for a while', () => {
    let now = 0
    const all = opinions({ now: () => now, ttl: 1_000, minOpinions: 1 })

    say(all, peers[0], 0)
    now = 1_000
    assert.equal(all.shortfall(target), 1)
    now = 1_001
    assert.equal(all.shortfall(target), 0)
  })

  it('are bounded for each neighbour, which makes room for its own', () => {
    const all = opinions({ maxPerNeighbour: 2, minOpinions: 1 })

    for (const about of peers.slice(1, 4)) {
      say(all, peers[0], 0, 0, about)
    }

    assert.equal(all.size, 2)
    assert.deepEqual(
      peers.slice(1, 4).map((about) => all.shortfall(about)),
      [0, 1, 1]
    )
  })

  it('are bounded for all, and a neighbour that floods is in its own way', () => {
    const all = opinions({ maxOpinions: 3, minOpinions: 1 })

    say(all, peers[0], 0, 0, peers[10])

    for (const about of peers.slice(11, 20)) {
      say(all, peers[1], 0, 0, about)
    }

    assert.equal(all.size, 3)
    assert.equal(all.shortfall(peers[10] as PeerId), 1)
    // without room, and nothing of its own to give up
    assert.equal(say(all, peers[2], 0, 0, peers[21]), false)
    assert.equal(all.size, 3)
  })

  it('of any number of liars leave a peer that does nothing wrong as good as it was', () => {
    const { terms, graylist } = resolveParams()

    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: 39 }), fc.double({ min: 0, max: 1, noNaN: true }), fc.nat()), {
          maxLength: 200
        }),
        fc.nat({ max: 100_000 }),
        (lies, colocation) => {
          const all = opinions()

          for (const [liar, score, round] of lies) {
            say(all, peers[liar], score, round)
          }

          const { score } = computeScore({ opinion: all.shortfall(target), colocation }, terms)

          assert.ok(score > graylist)
          assert.ok(all.size <= 40)
        }
      )
    )
  })

  it('of a minority change nothing beyond what the majority said', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.5, max: 1, noNaN: true }), { minLength: 3, maxLength: 20 }),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        (honest, part) => {
          const all = opinions()
          const liars = Math.floor(honest.length * part)

          honest.forEach((score, i) => say(all, peers[i], score))

          for (let i = 0; i < liars; i++) {
            say(all, peers[20 + i], 0)
          }

          assert.equal(all.shortfall(target), 0)
        }
      )
    )
  })
})
