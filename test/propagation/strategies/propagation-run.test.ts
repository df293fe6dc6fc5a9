import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createStockNode } from '../../support/overlay-nodes.ts'
import { counts, linkMute, surrounded } from './support/propagation-nodes.ts'
import type { PropagationResult } from '../../../src/index.ts'

const PARAMETERS = Buffer.from('parameters')

describe('a propagation that', () => {
  it('runs until all have it', async () => {
    await surrounded(async (node) => {
      const run = await node.services.nebula.propagator.run('stable')

      assert.deepEqual([run.end, run.cycles, ...counts(run)], ['done', 1, 3, 0, 0])
    })
  })

  it('runs until nothing has changed for as many cycles as the history has', async () => {
    await surrounded(async (node, engine) => {
      const mute = await createStockNode()

      try {
        await linkMute(node, mute)

        const cycles: PropagationResult[] = []

        await node.services.nebula.propagator.propagate('stable')

        const run = await node.services.nebula.propagator.run('stable', {
          // which concerns the first cycle
          anew: true,
          onCycle: (result) => cycles.push(result)
        })

        assert.deepEqual([run.end, run.cycles, ...counts(run)], ['unchanged', 3, 3, 1, 3])
        assert.deepEqual(cycles.map(counts), [
          [3, 1, 0],
          [0, 1, 3],
          [0, 1, 3]
        ])
        assert.equal(engine.asked, 2)
      } finally {
        await mute.stop()
      }
    })
  })

  it('runs until learning has finished, and sends nothing then', async () => {
    await surrounded(async (node, engine) => {
      const { propagator } = node.services.nebula

      // nothing to send yet
      engine.parameters = undefined

      const run = await propagator.run('stable', {
        onCycle: () => {
          engine.finished = true
        }
      })

      assert.deepEqual([run.end, run.cycles, ...counts(run)], ['finished', 1, 0, 0, 3])
      await assert.rejects(propagator.propagate('stable'), { name: 'LearningFinishedError' })
      await assert.rejects(propagator.run('stable'), { name: 'LearningFinishedError' })
    })
  })

  it('ends when learning finishes between two cycles', async () => {
    await surrounded(
      async (node, engine) => {
        engine.parameters = undefined

        const run = await node.services.nebula.propagator.run('stable', {
          onCycle: () => {
            setImmediate(() => {
              engine.finished = true
            })
          }
        })

        assert.deepEqual([run.end, run.cycles], ['finished', 1])
      },
      { propagation: { interval: 100 } }
    )
  })

  it('waits for an engine whose model comes later', async () => {
    await surrounded(
      async (node, engine) => {
        engine.parameters = undefined

        const run = await node.services.nebula.propagator.run('stable', {
          onCycle: () => {
            engine.parameters = engine.asked === 3 ? PARAMETERS : undefined
          }
        })

        assert.deepEqual([run.end, run.cycles, run.sent.length], ['done', 4, 3])
      },
      { propagation: { interval: 10, historySize: 5 } }
    )
  })

  it('ends with its signal, and with the node', async () => {
    await surrounded(
      async (node, engine) => {
        const { propagator } = node.services.nebula
        const controller = new AbortController()

        await assert.rejects(propagator.propagate('stable', { signal: AbortSignal.abort() }), {
          name: 'AbortError'
        })
        engine.parameters = undefined
        await assert.rejects(
          propagator.run('stable', { signal: controller.signal, onCycle: () => controller.abort() }),
          { name: 'AbortError' }
        )

        const cycled = Promise.withResolvers<void>()
        const stopped = assert.rejects(propagator.run('stable', { onCycle: () => cycled.resolve() }), {
          name: 'AbortError'
        })

        await cycled.promise
        await node.stop()
        await stopped
        await assert.rejects(propagator.propagate('stable'), { name: 'AbortError' })
        await node.start()
        assert.deepEqual(counts(await propagator.propagate('stable')), [0, 0, 0])
      },
      { propagation: { interval: 600_000 } }
    )
  })
})
