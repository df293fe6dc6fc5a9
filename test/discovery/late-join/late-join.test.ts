import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { selectLeastConnected } from '../../../src/index.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { createOverlayNode, linkNodes, next, until, withNodes } from '../../support/overlay-nodes.ts'
import { TestEngine } from '../../support/test-engine.ts'
import type { Timer } from '../../../src/lib/clock.ts'
import type { LateJoinResult, NebulaInit } from '../../../src/index.ts'
import type { OverlayNode } from '../../support/overlay-nodes.ts'
import type { PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

/** Knows what was waited for, so that a test does not move the time too early. */
class NotingClock extends ManualClock {
  readonly delays = new Set<number>()

  override setTimeout(callback: () => void, delayMs: number): Timer {
    this.delays.add(delayMs)

    return super.setTimeout(callback, delayMs)
  }
}

/** Three members that are in round 2, two of them neighbours, and a node that comes late. */
async function federation(
  run: (
    late: OverlayNode,
    members: [OverlayNode, OverlayNode, OverlayNode],
    engines: [TestEngine, TestEngine, TestEngine]
  ) => Promise<void>,
  init: NebulaInit = {}
): Promise<void> {
  const engines: [TestEngine, TestEngine, TestEngine] = [new TestEngine(), new TestEngine(), new TestEngine()]

  for (const [index, engine] of engines.entries()) {
    engine.currentRound = 2
    engine.parameters = Buffer.from(`model of ${index}`)
    engine.info = { rounds: 10, epochs: 3, loss: index + 1 }
  }

  await withNodes(
    [
      createOverlayNode(init),
      createOverlayNode({ engine: engines[0] }),
      createOverlayNode({ engine: engines[1] }),
      createOverlayNode({ engine: engines[2] })
    ],
    async (late: OverlayNode, a: OverlayNode, b: OverlayNode, c: OverlayNode) => {
      await linkNodes(a, b)
      await run(late, [a, b, c], engines)
    }
  )
}

function addrsOf(nodes: OverlayNode[]): Multiaddr[] {
  return nodes.flatMap((node) => node.getMultiaddrs())
}

function ids(peers: Iterable<{ peerId: PeerId } | PeerId>): string[] {
  return Array.from(peers, (peer) => ('peerId' in peer ? peer.peerId : peer).toString()).sort()
}

function summary({ offers, candidates, neighbours }: LateJoinResult): string[][] {
  return [ids(offers.map(({ peer }) => peer)), ids(candidates), ids(neighbours)]
}

describe('lateJoin', () => {
  it('asks the members, gets their models, and becomes the neighbour of all', async () => {
    await federation(async (late, members) => {
      const { nebula } = late.services
      const result = await nebula.lateJoin({ addrs: addrsOf(members) })

      assert.deepEqual(summary(result), [ids(members), ids(members), ids(members)])
      assert.deepEqual(ids(nebula.peers({ onlyDirect: true })), ids(members))

      for (const { peer, fields, model } of result.offers) {
        const index = members.findIndex(({ peerId }) => peerId.equals(peer))

        assert.equal(String(await model?.bytes()), `model of ${index}`)
        assert.deepEqual([model?.round, model?.weight, model?.kind], [2, 10n, 'offer'])
        assert.deepEqual(fields, {
          nNeighbors: index === 2 ? 0 : 1,
          loss: index + 1,
          rounds: 10,
          round: 2,
          epochs: 3
        })
      }

      // there is nobody left to ask
      assert.deepEqual(await nebula.lateJoin({ addrs: addrsOf(members) }), {
        offers: [],
        candidates: [],
        neighbours: []
      })
    })
  })

  it('finds further neighbours for a node that is in it, without their models', async () => {
    await federation(async (late, members) => {
      const asked = next(members[2], 'message:connection:restructure')
      const result = await late.services.nebula.lateJoin({
        type: 'discover_nodes',
        addrs: addrsOf(members),
        selectCandidates: selectLeastConnected(1)
      })

      assert.deepEqual(summary(result), [ids(members), ids([members[2]]), ids([members[2]])])
      assert.deepEqual(
        result.offers
          .map(({ fields, model }) => [fields.loss, model])
          .sort(([one = 0], [two = 0]) => Number(one) - Number(two)),
        [
          [1, undefined],
          [2, undefined],
          [3, undefined]
        ]
      )
      assert.ok((await asked).source.equals(late.peerId))
      assert.deepEqual(late.services.nebula.models(), [])
    })
  })

  it('asks only those who made an offer, whomever the application names', async () => {
    await federation(async (late, [a, b, c]) => {
      const result = await late.services.nebula.lateJoin({
        addrs: addrsOf([a, b]),
        selectCandidates: async () => [a.peerId, c.peerId, a.peerId, late.peerId]
      })

      assert.deepEqual(summary(result), [ids([a, b]), ids([a]), ids([a])])
      assert.equal(late.services.nebula.link(b.peerId)?.direct, false)
    })
  })

  it('waits for offers no longer than it was told', async () => {
    for (const [init, options] of [
      [{}, { offerTimeout: 12_345 }],
      [{ lateJoin: { offerTimeout: 12_345 } }, {}]
    ] as const) {
      const clock = new NotingClock()

      await federation(
        async (late, [a, b, c], engines) => {
          engines[2].parameters = undefined

          const offered = [a, b].map(async ({ peerId }) =>
            next(late, 'model:offer', ({ source }) => source.equals(peerId))
          )
          const asked = next(c, 'message:discover:discover_join')
          const joining = late.services.nebula.lateJoin({ addrs: addrsOf([a, b, c]), ...options })

          await Promise.all([...offered, asked])
          await until('it waits', () => clock.delays.has(12_345))
          await clock.advance(12_344)
          assert.equal(await Promise.race([joining, Promise.resolve('waits')]), 'waits')
          await clock.advance(1)
          assert.deepEqual(summary(await joining), [ids([a, b]), ids([a, b]), ids([a, b])])
        },
        { ...init, clock }
      )
    }
  })

  it('waits for nobody who is gone', async () => {
    await federation(async (late, [a, b, c], engines) => {
      engines[2].parameters = undefined

      const asked = next(c, 'message:discover:discover_join')
      const offered = [a, b].map(async ({ peerId }) =>
        next(late, 'model:offer', ({ source }) => source.equals(peerId))
      )
      const joining = late.services.nebula.lateJoin({ addrs: addrsOf([a, b, c]), offerTimeout: 600_000 })

      await Promise.all([asked, ...offered])
      await c.stop()
      assert.deepEqual(summary(await joining), [ids([a, b]), ids([a, b]), ids([a, b])])
    })
  })

  it('waits for no candidate that is gone', async () => {
    await federation(async (late, [a, b, c], engines) => {
      Object.assign(engines[2], { acceptNeighbour: async () => new Promise<never>(() => {}) })

      const asked = next(c, 'message:connection:late_connect')
      const accepted = [a, b].map(async ({ peerId }) =>
        next(late, 'link:upgrade', ({ peer }) => peer.equals(peerId))
      )
      const joining = late.services.nebula.lateJoin({ addrs: addrsOf([a, b, c]), confirmTimeout: 600_000 })

      await Promise.all([asked, ...accepted])
      await c.stop()
      assert.deepEqual(summary(await joining), [ids([a, b, c]), ids([a, b, c]), ids([a, b])])
    })
  })

  it('waits for a candidate that does not want it no longer than it was told', async () => {
    for (const [init, options] of [
      [{}, { confirmTimeout: 12_345 }],
      [{ lateJoin: { confirmTimeout: 12_345 } }, {}]
    ] as const) {
      const clock = new NotingClock()

      await federation(
        async (late, [a, b], engines) => {
          Object.assign(engines[1], { acceptNeighbour: () => ({ accept: false }) })

          const asked = next(b, 'message:connection:late_connect')
          const accepted = next(late, 'link:upgrade')
          const joining = late.services.nebula.lateJoin({ addrs: addrsOf([a, b]), ...options })

          await Promise.all([asked, accepted])
          await until('it waits', () => clock.delays.has(12_345))
          await clock.advance(12_344)
          assert.equal(await Promise.race([joining, Promise.resolve('waits')]), 'waits')
          await clock.advance(1)
          assert.deepEqual(summary(await joining), [ids([a, b]), ids([a, b]), ids([a])])
        },
        { ...init, clock }
      )
    }
  })

  it('knows an offer that came before, as long as the link lasts', async () => {
    await federation(async (late, [a, b], engines) => {
      const { nebula } = late.services
      const addrs = addrsOf([a, b])
      const nobody = { addrs, selectCandidates: () => [] }

      await nebula.lateJoin(nobody)
      // it is made no further one
      engines[1].finished = true
      assert.deepEqual(summary(await nebula.lateJoin({ ...nobody, offerTimeout: 600_000 })), [
        ids([a, b]),
        [],
        []
      ])
    })
  })

  it('ends with its signal, and with the node', async () => {
    await federation(
      async (late, [a], engines) => {
        const { nebula } = late.services
        const addrs = addrsOf([a])
        const controller = new AbortController()

        engines[0].parameters = undefined
        await assert.rejects(nebula.lateJoin({ addrs, signal: AbortSignal.abort() }), { name: 'AbortError' })

        const asked = next(a, 'message:discover:discover_join')
        const aborted = assert.rejects(nebula.lateJoin({ addrs, signal: controller.signal }), {
          name: 'AbortError'
        })

        await asked
        controller.abort()
        await aborted

        const again = next(a, 'message:discover:discover_join')
        const stopped = assert.rejects(nebula.lateJoin({ addrs }), { name: 'AbortError' })

        await again
        await late.stop()
        await stopped
        await late.start()
        engines[0].parameters = Buffer.from('now')
        assert.equal((await nebula.lateJoin({ addrs })).neighbours.length, 1)
      },
      { lateJoin: { offerTimeout: 600_000 } }
    )
  })

  it('fails with what the application throws', async () => {
    await federation(async (late, [a]) => {
      await assert.rejects(
        late.services.nebula.lateJoin({
          addrs: addrsOf([a]),
          selectCandidates: () => {
            throw new Error('cannot choose')
          }
        }),
        { message: 'cannot choose' }
      )
    })
  })
})
