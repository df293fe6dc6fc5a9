import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { defaultLogger } from '@libp2p/logger'
import { MemoryDatastore } from 'datastore-core'
import { PeerScores } from '../../../src/scoring/score/peer-scores.ts'
import { createPeerId } from '../../support/create-peer-id.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import type { PeerScoresInit } from '../../../src/scoring/score/peer-scores.ts'
import type { CounterName } from '../../../src/scoring/score/terms.ts'
import type { PeerId } from '@libp2p/interface'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

interface Fixture {
  scores: PeerScores
  clock: ManualClock
  peer: PeerId
  /** What was told, in order. */
  told: string[]
  /** Of each peer what others cause. */
  standing: { colocation: number; opinion: number }
  blacklist: Set<string>
}

async function fixture(init: Partial<PeerScoresInit> = {}): Promise<Fixture> {
  const clock = new ManualClock()
  const told: string[] = []
  const standing = { colocation: 0, opinion: 0 }
  const blacklist = new Set<string>()
  const scores = new PeerScores(
    { datastore: new MemoryDatastore(), logger: defaultLogger() },
    {
      clock,
      standing: () => standing,
      isBlacklisted: (peer) => blacklist.has(peer.toString()),
      onGraylisted: () => told.push('graylisted'),
      onRecovered: () => told.push('recovered'),
      onBlacklist: ({ peer }) => {
        told.push('blacklist')
        blacklist.add(peer.toString())
      },
      ...init
    }
  )

  await scores.load()
  scores.start()

  return { scores, clock, peer: await createPeerId(), told, standing, blacklist }
}

describe('the scores of peers', () => {
  it('are 0 for a peer that is not known', async () => {
    const { scores, peer, clock } = await fixture()

    assert.equal(scores.score(peer), 0)
    assert.equal(scores.isGraylisted(peer), false)
    assert.equal(scores.explain(peer).terms.length, 16)
    assert.deepEqual([scores.size, scores.list(), clock.pending], [0, [], 0])
  })

  // how many of one offence, one right after the other, it takes of a peer in the best standing
  const bans: Array<[CounterName, graylisted: number, blacklisted: number]> = [
    ['badSignature', 1, 1],
    ['invalidMessage', 1, 1],
    ['handshake', 1, 1],
    ['oversize', 1, 1],
    ['invalidChunk', 1, 1],
    ['bomb', 1, 1],
    ['slow', 4, 5],
    ['transfer', 9, 11],
    ['halfOpen', 9, 11],
    ['duplicates', 13, 16],
    ['rate', 86, 103],
    ['flapping', 18, 21]
  ]

  for (const [name, graylisted, blacklisted] of bans) {
    it(`graylist after ${graylisted} times ${name}, blacklist after ${blacklisted}`, async () => {
      const { scores, peer, told, clock } = await fixture()

      scores.linked(peer)
      scores.record(peer, 'firstDeliveries', 100)
      await clock.advance(10 * MINUTE)
      scores.record(peer, 'firstDeliveries', 100)

      for (let i = 1; i <= blacklisted; i++) {
        scores.record(peer, name)
        assert.equal(told.includes('graylisted'), i >= graylisted, `${i} times`)
        assert.equal(told.includes('blacklist'), i >= blacklisted, `${i} times`)
      }
    })
  }

  it('blacklist nobody for what honest peers do on bad links', async () => {
    const { scores, peer, told, clock } = await fixture()

    // every minute for a day a lost connection, and every few minutes a stalled transfer and a frame cut off
    for (let minute = 0; minute < 24 * 60; minute++) {
      scores.linked(peer)
      await clock.advance(MINUTE)
      scores.unlinked(peer)
      scores.record(peer, 'flapping')

      if (minute % 4 === 0) {
        scores.record(peer, 'transfer')
        scores.record(peer, 'halfOpen')
      }

      if (minute % 15 === 0) {
        scores.record(peer, 'slow')
      }
    }

    assert.deepEqual(told, [])
  })

  it('tell of each threshold once, down and up', async () => {
    const { scores, peer, told, clock, blacklist } = await fixture()

    scores.record(peer, 'oversize', 0.25)
    assert.deepEqual(told.splice(0), [])
    scores.record(peer, 'oversize', 0.25)
    assert.deepEqual(told.splice(0), ['graylisted'])
    assert.equal(scores.isGraylisted(peer), true)
    scores.record(peer, 'oversize', 0.25)
    scores.record(peer, 'oversize', 0.25)
    assert.deepEqual(told.splice(0), ['blacklist'])
    blacklist.clear()
    // -120 is -100 again after 2 min 38 s, and -40 after 15 min 51 s
    await clock.advance(157_000)
    assert.deepEqual(told.splice(0), [])
    await clock.advance(6_000)
    assert.deepEqual(told.splice(0), ['graylisted'])
    await clock.advance(13 * MINUTE)
    assert.deepEqual(told.splice(0), [])
    assert.equal(scores.isGraylisted(peer), true)
    await clock.advance(15_000)
    assert.deepEqual(told, ['recovered'])
    assert.equal(scores.isGraylisted(peer), false)
  })

  it('notice a recovery when they are asked, before the sweep', async () => {
    const { scores, peer, told, clock } = await fixture({ sweepInterval: 10 * MINUTE })

    scores.record(peer, 'oversize', 0.5)
    await clock.advance(6 * MINUTE)
    assert.equal(scores.isGraylisted(peer), false)
    assert.deepEqual(told, ['graylisted', 'recovered'])
  })

  it('count no more than the cap, so that the way back is no longer for more', async () => {
    const { scores, peer, clock } = await fixture()
    const counted = (): number =>
      scores.explain(peer).terms.find(({ name }) => name === 'rate')?.counter ?? NaN

    scores.record(peer, 'rate', 10_000)
    scores.record(peer, 'rate')
    assert.equal(counted(), 120)
    await clock.advance(30_000)
    assert.ok(Math.abs(counted() - 60) < 1e-6)
  })

  it('put a peer back on the blacklist that offends again once its time is over', async () => {
    const { scores, peer, told, blacklist } = await fixture()

    scores.record(peer, 'bomb')
    scores.record(peer, 'bomb')
    assert.deepEqual(told, ['graylisted', 'blacklist'])
    blacklist.clear()
    scores.record(peer, 'oversize', 0.25)
    assert.deepEqual(told, ['graylisted', 'blacklist', 'blacklist'])
  })

  it('survive reconnects', async () => {
    const { scores, peer, clock } = await fixture()

    scores.linked(peer)
    scores.record(peer, 'oversize', 0.25)
    const before = scores.score(peer)

    scores.unlinked(peer)
    scores.linked(peer)
    assert.equal(scores.score(peer), before)
    scores.unlinked(peer)
    await clock.advance(10 * MINUTE)
    scores.linked(peer)
    assert.ok(Math.abs(scores.score(peer) - before / 2) < 1e-6)
  })

  it('begin the time in the link anew with each link', async () => {
    const { scores, peer, clock } = await fixture()

    scores.linked(peer)
    await clock.advance(4 * MINUTE)
    assert.equal(scores.score(peer), 2)
    assert.equal(scores.unlinked(peer), 4 * MINUTE)
    assert.equal(scores.score(peer), 0)
    scores.linked(peer)
    await clock.advance(HOUR)
    assert.equal(scores.score(peer), 5)
  })

  it('are forgotten after the time they are kept for, of a peer in good standing at once', async () => {
    const { scores, clock } = await fixture({ retain: MINUTE, terms: { oversize: { halfLife: HOUR } } })
    const [bad, good] = await Promise.all([createPeerId(), createPeerId()])

    for (const peer of [bad, good]) {
      scores.linked(peer)
      scores.record(peer, 'firstDeliveries')
    }

    scores.record(bad, 'oversize', 0.25)
    await clock.advance(10 * MINUTE)
    assert.equal(scores.size, 2)
    scores.unlinked(bad)
    scores.unlinked(good)
    await clock.advance(5_000)
    assert.equal(scores.size, 1)
    await clock.advance(MINUTE - 5_000)
    assert.equal(scores.size, 1)
    await clock.advance(5_000)
    assert.equal(scores.size, 0)
    assert.equal(scores.score(bad), 0)
    await clock.advance(5_000)
    assert.equal(clock.pending, 0)
  })

  it('have one timer, whatever they hold, and none after a stop', async () => {
    const { scores, clock } = await fixture()

    for (const peer of await Promise.all(Array.from({ length: 20 }, createPeerId))) {
      scores.linked(peer)
      scores.record(peer, 'oversize', 0.25)
    }

    assert.equal(clock.pending, 1)
    await clock.advance(MINUTE)
    assert.equal(clock.pending, 1)
    await scores.stop()
    await scores.stop()
    assert.equal(clock.pending, 0)
  })

  it('are kept of no more peers than allowed: of those without a link the best goes', async () => {
    const { scores } = await fixture({ maxPeers: 3 })
    const [linked, worst, better, last] = await Promise.all(Array.from({ length: 4 }, createPeerId))

    assert.ok(linked && worst && better && last)
    scores.linked(linked)
    scores.record(worst, 'oversize', 0.75)
    scores.record(better, 'oversize', 0.5)
    assert.equal(scores.size, 3)
    scores.record(last, 'oversize', 0.25)
    assert.equal(scores.size, 3)
    assert.deepEqual(
      [linked, worst, better, last].map((peer) => Math.round(scores.score(peer))),
      [0, -90, 0, -30]
    )
  })

  it('forgive a peer on request', async () => {
    const { scores, peer, told } = await fixture()

    scores.linked(peer)
    scores.record(peer, 'bomb')
    scores.forget(peer)
    assert.equal(scores.score(peer), 0)
    assert.deepEqual(told, ['graylisted', 'blacklist', 'recovered'])
  })

  it('explain themselves: the terms add up', async () => {
    const { scores, peer, clock, standing } = await fixture()

    scores.linked(peer)
    await clock.advance(2 * MINUTE)
    scores.record(peer, 'oversize', 0.25)
    scores.record(peer, 'firstDeliveries', 20)
    standing.opinion = 0.5
    const { score, state, terms } = scores.explain(peer)

    assert.equal(state, 'good')
    assert.equal(score, scores.score(peer))
    assert.deepEqual(
      terms.filter(({ contribution }) => contribution !== 0),
      [
        { name: 'oversize', counter: 0.25, threshold: 0, cap: 2, weight: -120, contribution: -30 },
        { name: 'firstDeliveries', counter: 20, threshold: 0, cap: 100, weight: 0.05, contribution: 1 },
        { name: 'timeInLink', counter: 2, threshold: 0, cap: 10, weight: 0.5, contribution: 1 },
        { name: 'opinion', counter: 0.5, threshold: 0, cap: 1, weight: -20, contribution: -10 }
      ]
    )
    assert.equal(score, -38)
  })

  it('list the worst first', async () => {
    const { scores } = await fixture()
    const [a, b, c] = await Promise.all(Array.from({ length: 3 }, createPeerId))

    assert.ok(a && b && c)
    scores.linked(a)
    scores.record(b, 'oversize', 0.5)
    scores.record(c, 'oversize', 0.25)
    assert.deepEqual(
      scores.list().map(({ peer }) => peer),
      [b, c, a]
    )
  })

  it('notice at the sweep what others cause', async () => {
    const { scores, peer, told, clock, standing } = await fixture()

    scores.linked(peer)
    scores.record(peer, 'oversize', 0.25)
    standing.opinion = 1
    await clock.advance(5_000)
    assert.deepEqual(told, ['graylisted'])
  })

  it('count a flood of messages, and not a burst', async () => {
    const { scores, peer, told, clock } = await fixture({ maxMessageRate: 10, maxMessageBurst: 50 })

    for (let second = 0; second < 60; second++) {
      for (let i = 0; i < 10; i++) {
        scores.message(peer)
      }

      await clock.advance(1_000)
    }

    for (let i = 0; i < 50; i++) {
      scores.message(peer)
    }

    assert.deepEqual(told, [])

    for (let i = 0; i < 101; i++) {
      scores.message(peer)
    }

    assert.deepEqual(told, ['graylisted', 'blacklist'])
  })

  it('allow a burst of ten seconds of the rate, unless one is given', async () => {
    const { scores, peer, told } = await fixture({ maxMessageRate: 10 })

    for (let i = 0; i < 100; i++) {
      scores.message(peer)
    }

    assert.deepEqual(told, [])

    for (let i = 0; i < 101; i++) {
      scores.message(peer)
    }

    assert.deepEqual(told, ['graylisted', 'blacklist'])
  })

  for (const hours of [-5, 5, 5_000]) {
    it(`neither punish nor forgive when the clock leaps by ${hours} hours`, async () => {
      const { scores, peer, told, clock } = await fixture()
      const honest = await createPeerId()

      scores.linked(peer)
      scores.linked(honest)
      scores.record(peer, 'oversize', 0.5)
      scores.record(honest, 'oversize', 0.25)
      await clock.advance(1_000)
      const before = scores.score(peer)

      clock.leap(hours * HOUR)
      // no more than a minute is taken to have passed
      assert.ok(scores.score(peer) >= before && scores.score(peer) < before * 0.9)
      assert.ok(scores.score(honest) > -30 && scores.score(honest) < -25)
      assert.deepEqual(told, ['graylisted'])
      await clock.advance(MINUTE)
      assert.ok(scores.score(peer) > before)
      await clock.advance(9 * MINUTE)
      assert.deepEqual(told, ['graylisted', 'recovered'])
    })
  }
})
