import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { MIN_CHUNK_BYTES } from '../../protocols/model/limits.ts'
import { createOverlayNode, linkNodes, next, until, withNodes } from '../support/overlay-nodes.ts'
import type { ModelInfo, Nebula } from '../../src/index.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'

const ENDINGS = ['model:initialization', 'model:update', 'model:failed'] as const

/** The rounds of the models that ended at the node, each with how. */
function endingsAt(node: OverlayNode): Array<[string, number]> {
  const endings: Array<[string, number]> = []

  for (const type of ENDINGS) {
    node.services.nebula.addEventListener(type, ({ detail }) => {
      endings.push([type, 'model' in detail ? detail.model.round : detail.round])
    })
  }

  return endings
}

/** Resolves when a model of round 1 has begun to come, which takes so long that others overtake it. */
async function beginLarge(
  from: OverlayNode,
  to: OverlayNode
): Promise<{ sent: ReturnType<Nebula['sendModel']> }> {
  const { nebula } = from.services
  const large = await nebula.createModel({ payload: randomBytes(32 * 1_048_576), round: 1 })
  const begun = next(to, 'model:begin')
  const sent = nebula.sendModel([to.peerId], large)

  await begun

  return { sent }
}

describe('models that overtake each other', () => {
  it('are each raised once, and delivered', async () => {
    await withNodes([createOverlayNode(), createOverlayNode()] as const, async (a, b) => {
      await linkNodes(a, b)

      const endings = endingsAt(b)
      const { sent } = await beginLarge(a, b)
      const small = await a.services.nebula.sendModel([b.peerId], { payload: randomBytes(1_000), round: 2 })
      const outcomes = [...(await sent), ...small].map(({ outcome }) => outcome)

      await until('both have ended', () => endings.length === 2)
      assert.deepEqual(outcomes, ['delivered', 'delivered'])
      assert.deepEqual(
        endings.toSorted(([, one], [, other]) => one - other),
        [
          ['model:update', 1],
          ['model:update', 2]
        ]
      )
    })
  })

  it('may have been made long before, and come when there is room for no older one', async () => {
    const sink = createOverlayNode({ models: { maxRaisedModels: 2, modelTtl: 1 } })

    await withNodes([createOverlayNode(), sink] as const, async (a, b) => {
      await linkNodes(a, b)

      const { nebula } = a.services
      const endings = endingsAt(b)
      const models: ModelInfo[] = []

      for (let round = 0; round < 5; round++) {
        models.push(await nebula.createModel({ payload: randomBytes(1_000), round }))
      }

      // the last takes the place of round 2, of which and before which nothing is new then
      for (const round of [4, 2, 3]) {
        await nebula.sendModel([b.peerId], models[round]!)
      }

      await until('all are gone', () => b.services.nebula.models().length === 0)

      for (const model of models) {
        await assert.rejects(nebula.sendModel([b.peerId], model), (err: AggregateError) => {
          assert.equal((err.errors[0] as { reason?: string }).reason, 'UNWANTED')

          return true
        })
      }

      assert.deepEqual(
        endings.map(([, round]) => round),
        [4, 2, 3]
      )
    })
  })

  it('while they come are raised even when as many newer ones come as are remembered', async () => {
    const sink = createOverlayNode({ models: { maxRaisedModels: 2 } })

    await withNodes(
      [createOverlayNode({ models: { chunkSize: MIN_CHUNK_BYTES } }), sink] as const,
      async (a, b) => {
        await linkNodes(a, b)

        const endings = endingsAt(b)
        const { sent } = await beginLarge(a, b)

        for (let round = 2; round < 6; round++) {
          await a.services.nebula.sendModel([b.peerId], { payload: randomBytes(10), round })
        }

        assert.equal((await sent)[0]?.outcome, 'delivered')
        await until('all have ended', () => endings.length === 5)
        assert.deepEqual(
          endings.map(([, round]) => round).toSorted((one, other) => one - other),
          [1, 2, 3, 4, 5]
        )
      }
    )
  })

  it('reach a late neighbour: the first model after one of a round', async () => {
    await withNodes(
      [createOverlayNode(), createOverlayNode(), createOverlayNode()] as const,
      async (origin, member, late) => {
        await linkNodes(origin, member)

        const endings = endingsAt(late)
        const atMember = next(member, 'model:initialization')

        await origin.services.nebula.sendModel([member.peerId], { payload: randomBytes(5_000), round: -1 })
        await atMember
        await linkNodes(origin, late, false)
        await origin.services.nebula.sendModel([late.peerId], { payload: randomBytes(5_000), round: 3 })
        await linkNodes(late, member)
        await until('both have come', () => endings.length === 2)
        assert.deepEqual(endings, [
          ['model:update', 3],
          ['model:initialization', -1]
        ])
      }
    )
  })

  it('reach a late neighbour of a proxy, all of them', async () => {
    await withNodes(
      [createOverlayNode(), createOverlayNode({ proxy: true }), createOverlayNode()] as const,
      async (origin, proxy, late) => {
        await linkNodes(origin, proxy)

        const endings = endingsAt(late)

        for (let round = 0; round < 5; round++) {
          await origin.services.nebula.sendModel([proxy.peerId], {
            payload: randomBytes(2_000_000 - round * 400_000),
            round
          })
        }

        await linkNodes(late, proxy)
        await until('all have come', () => endings.length === 5)
        assert.deepEqual(
          endings.map(([, round]) => round).toSorted((one, other) => one - other),
          [0, 1, 2, 3, 4]
        )
      }
    )
  })

  it('are passed on to all but a peer that does not answer, which loses its link', async () => {
    const relay = createOverlayNode({ models: { answerTimeout: 200 } })

    await withNodes([createOverlayNode(), relay, createOverlayNode()] as const, async (a, b, mute) => {
      await linkNodes(a, b)
      await linkNodes(b, mute)
      await mute.unhandle('/nebula/model/1.0.0')
      await mute.handle('/nebula/model/1.0.0', () => {})

      const closed = next(b, 'link:close', ({ link }) => link.peer.equals(mute.peerId))

      await a.services.nebula.sendModel([b.peerId], { payload: randomBytes(10), round: -1 })
      assert.equal((await closed).reason, 'send-failed')
    })
  })

  it('are fetched again by whoever asks, and not raised again', async () => {
    const sink = createOverlayNode({ models: { modelTtl: 1 } })

    await withNodes([createOverlayNode(), sink] as const, async (a, b) => {
      await linkNodes(a, b)

      const endings = endingsAt(b)
      const payload = randomBytes(1_000)
      const model = await a.services.nebula.createModel({ payload, round: 1 })
      const received = next(b, 'model:update')

      await a.services.nebula.sendModel([b.peerId], model)
      await received
      await until('the model is gone', () => b.services.nebula.models().length === 0)

      assert.equal((await b.services.nebula.fetchModel(model.id, a.peerId)).id, model.id)
      assert.deepEqual(endings, [['model:update', 1]])
    })
  })
})

describe('an offer that is none', () => {
  it('is not taken, and is held against its origin', async () => {
    await withNodes([createOverlayNode(), createOverlayNode()] as const, async (a, b) => {
      await linkNodes(a, b)

      const began: unknown[] = []
      const shutOut = next(b, 'peer:disconnected')

      b.services.nebula.addEventListener('model:begin', ({ detail }) => began.push(detail))
      await assert.rejects(
        a.services.nebula.sendModel([b.peerId], {
          payload: randomBytes(10),
          round: 1,
          kind: 'offer',
          details: Uint8Array.of(255)
        })
      )
      assert.ok((await shutOut).peer.equals(a.peerId))
      assert.deepEqual(began, [])
    })
  })
})
