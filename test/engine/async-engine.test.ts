import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { idleEngine } from '../../src/index.ts'
import { createOverlayNode, has, linkNodes, next, until, withNodes } from '../support/overlay-nodes.ts'
import { PATIENCE_MS } from '../support/patience.ts'
import type { Engine, NeighbourUpdate } from '../../src/index.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'

/** An engine of coroutines, as the reference's is: each method gives up its turn before it answers. */
class CoroutineEngine implements Engine {
  currentRound: number | null = 0
  finished = false
  readonly updates: NeighbourUpdate[] = []
  #asked = 0

  async round(): Promise<number | null> {
    await this.#turn()

    return this.currentRound
  }

  async learningCycleFinished(): Promise<boolean> {
    await this.#turn()

    return this.finished
  }

  async updateNeighbours(update: NeighbourUpdate): Promise<void> {
    // the first one takes longest
    for (let turns = 10 - this.#asked++; turns > 0; turns--) {
      await this.#turn()
    }

    this.updates.push(update)
  }

  async modelParameters(): Promise<Uint8Array> {
    await this.#turn()

    return Buffer.from('parameters')
  }

  async modelWeight(): Promise<bigint> {
    await this.#turn()

    return 7n
  }

  async #turn(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
  }
}

async function withEngines(
  run: (nodes: [OverlayNode, OverlayNode], engines: [CoroutineEngine, CoroutineEngine]) => Promise<void>
): Promise<void> {
  const engines = [new CoroutineEngine(), new CoroutineEngine()] as [CoroutineEngine, CoroutineEngine]

  await withNodes(
    [createOverlayNode({ engine: engines[0] }), createOverlayNode({ engine: engines[1] })],
    async (a: OverlayNode, b: OverlayNode) => run([a, b], engines)
  )
}

describe('nodes whose engines are asynchronous', () => {
  it('link, and tell each other the round', async () => {
    await withEngines(async ([a, b], engines) => {
      engines[0].currentRound = 3
      engines[1].currentRound = null
      await linkNodes(a, b)
      assert.equal(a.services.nebula.link(b.peerId)?.round, null)
      assert.equal(b.services.nebula.link(a.peerId)?.round, 3)
    })
  })

  it('tell their engines of neighbours in the order of the changes', async () => {
    await withEngines(async ([a, b], engines) => {
      await linkNodes(a, b)
      await a.services.nebula.setDirect(b.peerId, false)
      await a.services.nebula.setDirect(b.peerId, true)

      for (const { updates } of engines) {
        await until('the engine has all updates', () => updates.length === 3)
        assert.deepEqual(
          updates.map(({ added, neighbours }) => [added, neighbours.length]),
          [
            [true, 1],
            [false, 0],
            [true, 1]
          ]
        )
      }
    })
  })

  it('propagate the model', async () => {
    await withEngines(async ([a, b]) => {
      await linkNodes(a, b)

      const received = next(b, 'model:update')
      const { sent } = await a.services.nebula.propagator.propagate('stable')

      assert.deepEqual(
        sent.map(({ outcome }) => outcome),
        ['delivered']
      )
      assert.deepEqual([(await received).round, (await received).weight], [0, 7n])
    })
  })

  it('accept no link, no change and no model from the moment in which learning has finished', async () => {
    await withEngines(async ([a, b], engines) => {
      const refused = { name: 'HandshakeError', reason: 'LEARNING_FINISHED' }
      const { nebula } = a.services

      engines[1].finished = true
      await assert.rejects(nebula.connect(b.getMultiaddrs()), refused)
      engines[1].finished = false
      await linkNodes(a, b, false)
      engines[1].finished = true
      await assert.rejects(nebula.setDirect(b.peerId, true), refused)
      await assert.rejects(nebula.sendModel([b.peerId], { payload: Buffer.from('late'), round: 1 }), {
        name: 'AggregateError'
      })
      engines[0].finished = true
      await assert.rejects(nebula.sendModel([b.peerId], { payload: Buffer.from('later'), round: 2 }), {
        name: 'LearningFinishedError'
      })
    })
  })
})

describe('a node whose engine is wrong', () => {
  it('does not start when a method returns a wrong type', async () => {
    for (const finished of [undefined, Promise.resolve('no')]) {
      const engine = { ...idleEngine(), learningCycleFinished: () => finished } as unknown as Engine

      await assert.rejects(createOverlayNode({ engine }), {
        name: 'EngineAnswerError',
        method: 'learningCycleFinished'
      })
    }
  })

  it('rejects connect when a method begins to return a wrong type, and warns', async () => {
    let round: unknown = 0
    const engine = {
      round: () => round,
      learningCycleFinished: () => false,
      updateNeighbours: () => {}
    } as unknown as Engine

    await withNodes(
      [createOverlayNode({ engine }), createOverlayNode()],
      async (a: OverlayNode, b: OverlayNode) => {
        round = '5'
        await assert.rejects(a.services.nebula.connect(b.getMultiaddrs()), {
          name: 'EngineAnswerError',
          method: 'round'
        })
        // nor does it link with those that ask, which learn no more than that
        await assert.rejects(b.services.nebula.connect(a.getMultiaddrs()), {
          name: 'HandshakeError',
          reason: 'UNSPECIFIED'
        })
        assert.ok(!has(a, b.peerId) && !has(b, a.peerId))
        assert.deepEqual(
          a.services.nebula.warnings().map(({ code, subject }) => [code, subject]),
          [['engine-failed', 'round']]
        )
        round = 5
        await linkNodes(a, b)
        assert.equal(b.services.nebula.link(a.peerId)?.round, 5)
        assert.deepEqual(a.services.nebula.warnings(), [])
      }
    )
  })

  it('starts, connects and accepts although the engine has ceased to answer', async () => {
    let silent = false
    const engine: Engine = {
      round: async () => (silent ? new Promise<never>(() => {}) : 2),
      learningCycleFinished: async () => (silent ? new Promise<never>(() => {}) : false),
      updateNeighbours: () => new Promise<never>(() => {})
    }

    await withNodes(
      [createOverlayNode({ engine, engineTimeout: 100 }), createOverlayNode(), createOverlayNode()],
      async (a: OverlayNode, b: OverlayNode, c: OverlayNode) => {
        silent = true
        await linkNodes(a, b)
        await linkNodes(c, a)
        assert.equal(c.services.nebula.link(a.peerId)?.round, 2)
        assert.deepEqual(
          a.services.nebula.warnings().map(({ code, subject, error }) => [code, subject, error?.name]),
          [
            ['engine-failed', 'round', 'EngineTimeoutError'],
            ['engine-failed', 'learningCycleFinished', 'EngineTimeoutError']
          ]
        )
      }
    )
  })

  it('stops at once although the engine takes no update', { timeout: PATIENCE_MS }, async () => {
    let told = 0
    const engine: Engine = {
      ...idleEngine(),
      updateNeighbours: () => {
        told++

        return new Promise<never>(() => {})
      }
    }
    const timers = (): number => process.getActiveResourcesInfo().filter((type) => type === 'Timeout').length
    const before = timers()

    await withNodes(
      [createOverlayNode({ engine }), createOverlayNode()],
      async (a: OverlayNode, b: OverlayNode) => {
        await linkNodes(a, b)
        await a.services.nebula.setDirect(b.peerId, false)
        await until('the engine is told', () => told === 1)
      }
    )
    // what it could not be told before, it is told when the node stops
    await until('it is told of all changes', () => told === 2)
    await until('nothing keeps the process', () => timers() <= before)
  })

  it('starts and stops although the engine has never answered; connect says so', async () => {
    const engine: Engine = {
      round: () => 0,
      learningCycleFinished: () => new Promise<never>(() => {}),
      updateNeighbours: () => {}
    }

    await withNodes(
      [createOverlayNode({ engine, engineTimeout: 100 }), createOverlayNode()],
      async (a: OverlayNode, b: OverlayNode) => {
        await assert.rejects(a.services.nebula.connect(b.getMultiaddrs()), {
          name: 'EngineTimeoutError',
          method: 'learningCycleFinished'
        })
      }
    )
  })

  for (const [trouble, round, engineTimeout] of [
    ['has never told the round', () => new Promise<never>(() => {}), 100],
    [
      'began to throw',
      () => {
        throw new Error('out of memory')
      },
      2_000
    ]
  ] as const) {
    it(`refuses every attempt without a link, and blames no peer, when its engine ${trouble}`, async () => {
      const engine: Engine = { ...idleEngine(), round: trouble === 'began to throw' ? () => 0 : round }
      const init = { engine, engineTimeout, maxHandshakesPerMinute: 5 }

      await withNodes(
        [createOverlayNode(init), createOverlayNode()],
        async (a: OverlayNode, b: OverlayNode) => {
          let raised = 0

          engine.round = round
          for (const type of ['link:open', 'peer:disconnected', 'peer:blacklisted'] as const) {
            a.services.nebula.addEventListener(type, () => raised++)
          }
          b.services.nebula.addEventListener('link:open', () => raised++)

          for (let attempt = 0; attempt < 12; attempt++) {
            await assert.rejects(b.services.nebula.connect(a.getMultiaddrs()), {
              name: 'HandshakeError',
              reason: 'UNSPECIFIED'
            })
          }

          assert.equal(raised, 0)
          assert.deepEqual(a.services.nebula.restrictions(), [])
          assert.equal(a.services.nebula.explainScore(b.peerId).score, 0)
        }
      )
    })
  }

  it('refuses a change of the link when its engine begins to throw, and keeps the link', async () => {
    const engine: Engine = { ...idleEngine() }

    await withNodes(
      [createOverlayNode({ engine }), createOverlayNode()],
      async (a: OverlayNode, b: OverlayNode) => {
        await linkNodes(a, b, false)
        engine.learningCycleFinished = () => {
          throw new Error('out of memory')
        }
        await assert.rejects(b.services.nebula.setDirect(a.peerId, true), {
          name: 'HandshakeError',
          reason: 'UNSPECIFIED'
        })
        assert.ok(has(a, b.peerId) && has(b, a.peerId))
        assert.ok(a.services.nebula.score(b.peerId) >= 0)
      }
    )
  })
})
