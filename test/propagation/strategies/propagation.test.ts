import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import {
  createOverlayNode,
  createStockNode,
  has,
  next,
  until,
  withNodes
} from '../../support/overlay-nodes.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { counts, linkMute, modelsOf, say, surrounded } from './support/propagation-nodes.ts'
import { TestEngine } from '../../support/test-engine.ts'
import type { PropagationStrategy } from '../../../src/index.ts'
import type { OverlayNode } from '../../support/overlay-nodes.ts'

const PARAMETERS = Buffer.from('parameters')

async function* once(ready: Promise<void>): AsyncGenerator<Uint8Array> {
  await ready
  yield PARAMETERS
}

async function* failing(): AsyncGenerator<Uint8Array> {
  yield PARAMETERS

  throw new Error('no bytes')
}

describe('propagation', () => {
  it('sends the initial model to the neighbours that have not begun', async (t) => {
    await surrounded(async (node, engine, [a, b, c]) => {
      await say(a, node, 'federation_ready')
      await say(b, node, 'federation_models_included')

      const far = await createOverlayNode()
      t.after(async () => far.stop())
      await node.services.nebula.connect(far.getMultiaddrs(), { direct: false })

      const received = [a, b, c].map(modelsOf)
      const result = await node.services.nebula.propagator.propagate('initialization')

      assert.deepEqual(counts(result), [2, 0, 1])
      assert.deepEqual(result.skipped.map(String), [b.peerId.toString()])
      assert.deepEqual(
        result.sent.map(({ outcome }) => outcome),
        ['delivered', 'delivered']
      )
      await until('both have it', () => received[0]?.length === 1 && received[2]?.length === 1)
      assert.deepEqual(received[1], [])

      const [model] = received[0] ?? []

      assert.deepEqual([model?.round, model?.weight, model?.kind], [-1, 1n, 'model'])
      assert.deepEqual(await model?.bytes(), PARAMETERS)
      assert.equal(engine.asked, 1)
      assert.deepEqual(counts(await node.services.nebula.propagator.propagate('initialization')), [0, 0, 3])
    })
  })

  it('sends the model of the round, made once, to every neighbour once a round', async () => {
    await surrounded(async (node, engine, neighbours) => {
      const received = neighbours.map(modelsOf)
      const { propagator } = node.services.nebula

      engine.currentRound = 7

      const first = await propagator.propagate('stable')

      assert.deepEqual(counts(first), [3, 0, 0])
      assert.deepEqual([first.model?.round, first.model?.weight], [7, 10n])
      assert.equal(node.services.nebula.models().length, 1)
      assert.deepEqual(counts(await propagator.propagate('stable')), [0, 0, 3])
      engine.currentRound = 8
      assert.deepEqual(counts(await propagator.propagate('stable')), [3, 0, 0])
      assert.equal(engine.asked, 2)
      engine.parameters = Buffer.from('better')
      assert.deepEqual(counts(await propagator.propagate('stable', { anew: true })), [3, 0, 0])
      assert.equal(engine.asked, 3)
      await until('all have all', () => received.every((models) => models.length === 3))

      for (const models of received) {
        assert.deepEqual(
          models.map(({ round, weight }) => [round, weight]),
          [
            [7, 10n],
            [8, 10n],
            [8, 10n]
          ]
        )
        assert.equal(String(await models[2]?.bytes()), 'better')
      }
    })
  })

  it('sends nothing to a neighbour that has told, or shown, that it is further', async () => {
    await surrounded(async (node, engine, [a, b, c]) => {
      engine.currentRound = 2
      await say(a, node, 'federation_models_included', 3)
      // it has come late, or is no longer so
      await say(a, node, 'federation_models_included', 1)
      await say(b, node, 'federation_models_included', 2)

      const shown = next(node, 'model:update')

      await c.services.nebula.sendModel([node.peerId], { payload: PARAMETERS, round: 3 })
      await shown

      const { propagator } = node.services.nebula
      const { sent } = await propagator.propagate('stable')

      assert.deepEqual(
        sent.map(({ peer }) => peer.toString()),
        [b.peerId.toString()]
      )
      engine.currentRound = 3
      assert.deepEqual(counts(await propagator.propagate('stable')), [3, 0, 0])
    })
  })

  it('knows how far a neighbour was when the link was made', async () => {
    const [ours, theirs] = [new TestEngine(), new TestEngine()]

    theirs.currentRound = 5

    await withNodes(
      [createOverlayNode({ engine: ours }), createOverlayNode({ engine: theirs })],
      async (node: OverlayNode, other: OverlayNode) => {
        const { propagator } = node.services.nebula

        await node.services.nebula.connect(other.getMultiaddrs())
        assert.deepEqual(counts(await propagator.propagate('stable')), [0, 0, 1])
        ours.currentRound = 5
        assert.deepEqual(counts(await propagator.propagate('stable')), [1, 0, 0])
      }
    )
  })

  it('sends again to a neighbour that links anew', async () => {
    await surrounded(async (node, _engine, [a]) => {
      const { propagator } = node.services.nebula

      await propagator.propagate('stable')
      await node.services.nebula.disconnect(a.peerId)
      await until('the neighbour knows', () => !has(a, node.peerId))
      await a.services.nebula.clearRestrictions()
      await node.services.nebula.connect(a.peerId)

      const { sent } = await propagator.propagate('stable')

      assert.deepEqual(
        sent.map(({ peer, outcome }) => [peer.toString(), outcome]),
        // it has kept what it got
        [[a.peerId.toString(), 'have']]
      )
    })
  })

  it('does not stop at a neighbour that does not take it, and tries that one again', async () => {
    await surrounded(async (node, engine) => {
      const mute = await createStockNode()

      try {
        await linkMute(node, mute)

        const { propagator } = node.services.nebula
        const result = await propagator.propagate('stable')

        assert.deepEqual(counts(result), [3, 1, 0])
        assert.deepEqual(
          result.failed.map(({ peer, error }) => [peer.toString(), error.name]),
          [[mute.peerId.toString(), 'UnsupportedProtocolError']]
        )
        assert.deepEqual(counts(await propagator.propagate('stable')), [0, 1, 3])
        assert.equal(engine.asked, 1)
      } finally {
        await mute.stop()
      }
    })
  })

  it('does not stop at a neighbour that is lost midway', async () => {
    await surrounded(async (node, engine, [a, b, c]) => {
      // more than is asked for at once
      engine.parameters = randomBytes(6 * 1_048_576)

      const lost = next(a, 'model:begin').then(async () => a.stop())
      const result = await node.services.nebula.propagator.propagate('stable')

      await lost
      assert.deepEqual(counts(result), [2, 1, 0])
      assert.deepEqual(
        result.failed.map(({ peer }) => peer.toString()),
        [a.peerId.toString()]
      )
      assert.deepEqual(
        new Set(result.sent.map(({ peer }) => peer.toString())),
        new Set([b, c].map(({ peerId }) => peerId.toString()))
      )
    })
  })

  it('gives up what it sends when its signal is aborted', async (t) => {
    await surrounded(async (node) => {
      const mute = await createStockNode()
      const controller = new AbortController()

      t.after(async () => mute.stop())
      await mute.handle('/nebula/model/1.0.0', () => controller.abort())
      await linkMute(node, mute)
      await assert.rejects(
        node.services.nebula.propagator.propagate('stable', { signal: controller.signal }),
        { name: 'AbortError' }
      )
    })
  })

  it('takes strategies of the application, by name and by themselves', async () => {
    const nearest: PropagationStrategy = {
      name: 'nearest',
      round: () => 3,
      isEligible: ({ peer, outcome }) => outcome == null && peer.equals(chosen),
      prepare: async () => ({ payload: Buffer.from('mine'), weight: 2n })
    }
    let chosen: unknown

    await surrounded(
      async (node, _engine, [a, b]) => {
        const { propagator } = node.services.nebula
        const received = modelsOf(b)

        chosen = b.peerId
        assert.deepEqual(counts(await propagator.propagate('nearest')), [1, 0, 2])
        assert.deepEqual(counts(await propagator.propagate(nearest)), [0, 0, 3])
        await until('it came', () => received.length === 1)
        assert.deepEqual([received[0]?.round, received[0]?.weight], [3, 2n])

        propagator.register({ ...nearest, name: 'stable' })
        chosen = a.peerId
        assert.equal((await propagator.propagate('stable')).model?.round, 3)
        await assert.rejects(propagator.propagate('unknown'), { name: 'UnknownStrategyError' })
        await assert.rejects(propagator.run('unknown'), { name: 'UnknownStrategyError' })
      },
      { propagation: { strategies: [nearest] } }
    )
  })

  it('has nothing to send without a model, and nobody to send to without neighbours', async () => {
    await withNodes(
      [createOverlayNode(), createOverlayNode({ engine: new TestEngine() })],
      async (idle: OverlayNode, alone: OverlayNode) => {
        for (const strategy of ['initialization', 'stable']) {
          await assert.rejects(idle.services.nebula.propagator.propagate(strategy), { name: 'NoModelError' })
          await assert.rejects(idle.services.nebula.propagator.run(strategy), { name: 'NoModelError' })
          assert.deepEqual(counts(await alone.services.nebula.propagator.propagate(strategy)), [0, 0, 0])
          assert.equal((await alone.services.nebula.propagator.run(strategy)).end, 'done')
        }

        await assert.rejects(idle.services.nebula.propagator.getModelInformation(alone.peerId), {
          name: 'NoModelError'
        })
      }
    )
  })

  it('tells the model for one peer, with what is to be known of it', async () => {
    await surrounded(async (node, engine, [a]) => {
      const stranger = (await createOverlayNode({}, { start: false })).peerId
      const { propagator } = node.services.nebula

      engine.info = { rounds: 9, epochs: 2, loss: 0.5 }
      assert.deepEqual(await propagator.getModelInformation(stranger), {
        payload: PARAMETERS,
        weight: 1n,
        round: -1,
        rounds: 9,
        epochs: 2,
        loss: 0.5,
        nNeighbors: 3
      })
      engine.info = {}
      engine.currentRound = 1
      assert.deepEqual(await propagator.getModelInformation(stranger), {
        payload: PARAMETERS,
        weight: 10n,
        round: 1,
        rounds: 1,
        epochs: 1,
        loss: 0,
        nNeighbors: 3
      })
      assert.equal((await propagator.getModelInformation(a.peerId))?.round, 1)
      await say(a, node, 'federation_models_included', 2)
      assert.equal(await propagator.getModelInformation(a.peerId), undefined)
      engine.currentRound = null
      assert.equal(await propagator.getModelInformation(stranger, 'stable'), undefined)
      engine.parameters = undefined
      assert.equal(await propagator.getModelInformation(stranger), undefined)
      await assert.rejects(propagator.getModelInformation(stranger, 'unknown'), {
        name: 'UnknownStrategyError'
      })
    })
  })
  it('has one cycle of a strategy at a time', async () => {
    await surrounded(async (node, engine) => {
      const { propagator } = node.services.nebula
      const results = await Promise.all([propagator.propagate('stable'), propagator.propagate('stable')])

      assert.deepEqual(results.map(counts), [
        [3, 0, 0],
        [0, 0, 3]
      ])
      assert.equal(engine.asked, 1)

      // one that fails, or is given up while it waits, does not hold up the next
      engine.currentRound = 1
      engine.parameters = failing()

      const controller = new AbortController()
      const failed = assert.rejects(propagator.propagate('stable'), { message: 'no bytes' })
      const waiting = assert.rejects(propagator.propagate('stable', { signal: controller.signal }), {
        name: 'AbortError'
      })

      controller.abort()
      await Promise.all([failed, waiting])

      const ready = Promise.withResolvers<void>()
      const given = new AbortController()

      engine.currentRound = 2
      engine.parameters = once(ready.promise)

      const [first, second, third] = [
        propagator.propagate('stable'),
        assert.rejects(propagator.propagate('stable', { signal: given.signal }), { name: 'AbortError' }),
        propagator.propagate('stable')
      ]

      given.abort()
      await second
      ready.resolve()
      assert.deepEqual(counts(await first), [3, 0, 0])
      assert.deepEqual(counts(await third), [0, 0, 3])
    })
  })

  it('makes a model again that is no longer kept, and sends it to those who lack it', async () => {
    await surrounded(
      async (node, engine, [a]) => {
        const { nebula } = node.services

        await nebula.propagator.propagate('stable')
        await nebula.createModel({ payload: Buffer.from('takes its place'), round: 0 })

        const late = await createOverlayNode()

        try {
          await nebula.connect(late.getMultiaddrs())
          assert.deepEqual(counts(await nebula.propagator.propagate('stable')), [1, 0, 3])
          assert.equal(engine.asked, 2)
          assert.ok(has(node, a.peerId))
        } finally {
          await late.stop()
        }
      },
      { models: { maxStoredModels: 1 } }
    )
  })

  it('leaves the time it was told between two neighbours', async () => {
    const clock = new ManualClock()

    await surrounded(
      async (node, _engine, neighbours) => {
        const received = neighbours.map(modelsOf)
        const come = (): number => received.flat().length
        const { propagator } = node.services.nebula
        const before = clock.pending
        const propagating = propagator.propagate('stable')

        for (const count of [1, 2]) {
          await until('one more has come', () => come() === count && clock.pending > before)
          await clock.advance(499)
          assert.equal(come(), count)
          await clock.advance(1)
        }

        assert.deepEqual(counts(await propagating), [3, 0, 0])
      },
      { clock, propagation: { modelInterval: 500 } }
    )
  })
})
