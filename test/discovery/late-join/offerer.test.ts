import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { defaultLogger } from '@libp2p/logger'
import { TypedEventEmitter } from 'main-event'
import { systemClock } from '../../../src/lib/clock.ts'
import { EngineClient } from '../../../src/engine/index.ts'
import { Offerer } from '../../../src/discovery/late-join/offerer.ts'
import { idleEngine } from '../../../src/index.ts'
import { createMessage } from '../../../src/messages/index.ts'
import { decodeOffer } from '../../../src/models/model-message.ts'
import { createPeerId } from '../../support/create-peer-id.ts'
import { settle } from '../../support/manual-clock.ts'
import { TestEngine } from '../../support/test-engine.ts'
import type { Engine, Message, ModelInfo, NewModel } from '../../../src/index.ts'
import type { OffererComponents, OffererInit } from '../../../src/discovery/late-join/offerer.ts'
import type { MessengerEvents } from '../../../src/messages/messenger-types.ts'
import type { PeerId } from '@libp2p/interface'

const PARAMETERS = Buffer.from('parameters')

class FakeMessenger extends TypedEventEmitter<MessengerEvents> {
  readonly sent: Array<{ peer: PeerId; message: Message }> = []

  async send(peer: PeerId, message: Message): Promise<void> {
    this.sent.push({ peer, message })
  }
}

describe('Offerer', () => {
  let peer: PeerId
  let other: PeerId

  before(async () => {
    ;[peer, other] = await Promise.all([createPeerId(), createPeerId()])
  })

  function setUp(engine: Engine = new TestEngine(), init: Partial<Omit<OffererInit, 'engine'>> = {}) {
    const messenger = new FakeMessenger()
    const made: NewModel[] = []
    const offered: Array<{ to: PeerId[]; model: ModelInfo }> = []
    const kept: ModelInfo[] = []
    const scene = {
      messenger,
      made,
      offered,
      kept,
      strangers: [] as PeerId[],
      fails: false,
      offerer: undefined as unknown as Offerer,
      async ask(from: PeerId, action: 'discover_join' | 'discover_nodes' = 'discover_join') {
        const message = createMessage('discover', action)

        messenger.safeDispatchEvent('message', { detail: { source: from, from, message } })
        await settle()
        await settle()
      }
    }
    const components = {
      messenger,
      linkManager: {
        links: { has: (id: PeerId) => !scene.strangers.includes(id), select: () => [{}, {}] }
      },
      models: {
        create: async (model: NewModel) => {
          if (scene.fails) {
            throw new Error('no room')
          }

          const info = { id: `${made.push(model)}`, ...model } as unknown as ModelInfo

          kept.push(info)

          return info
        },
        list: () => kept,
        send: async (to: PeerId[], model: ModelInfo) => offered.push({ to, model })
      },
      propagator: {
        getModelInformation: async () => ({
          payload: PARAMETERS,
          weight: 5n,
          round: engine.round() ?? -1,
          rounds: 9,
          epochs: 2,
          loss: 0.5,
          nNeighbors: 3
        })
      },
      logger: defaultLogger()
    }

    scene.offerer = new Offerer(components as unknown as OffererComponents, {
      engine: new EngineClient(engine, { clock: systemClock, warnings: { raise() {}, end() {} } }),
      ...init
    })
    scene.offerer.start()

    return scene
  }

  it('answers discover_join with the model, and with what is to be known of it', async () => {
    const scene = setUp()

    await scene.ask(peer)
    assert.deepEqual(
      scene.offered.map(({ to, model }) => [to.map(String), model.id]),
      [[[String(peer)], '1']]
    )

    const { details, ...model } = scene.made[0] ?? { details: undefined }

    assert.deepEqual(model, { kind: 'offer', payload: PARAMETERS, weight: 5n, round: 0 })
    assert.ok(details != null)
    assert.deepEqual(decodeOffer(details), { nNeighbors: 3, loss: 0.5, rounds: 9, round: 0, epochs: 2 })
  })

  it('answers discover_nodes with metrics', async () => {
    const engine = new TestEngine()
    const scene = setUp(engine)

    engine.info = { loss: 0.25, rounds: 7 }
    engine.currentRound = 4
    await scene.ask(peer, 'discover_nodes')
    engine.currentRound = null
    await scene.ask(peer, 'discover_nodes')

    const metric = (round: number): Message =>
      createMessage('offer', 'offer_metric', { nNeighbors: 2, loss: 0.25, rounds: 7, epochs: 1, round })

    assert.deepEqual(
      scene.messenger.sent.map(({ message }) => message),
      [metric(4), metric(-1)]
    )
    assert.deepEqual(scene.made, [])
  })

  it('has nothing to offer without what an offer needs, without a link, or when it is switched off', async () => {
    const finished = Object.assign(new TestEngine(), { finished: true })
    const waiting = Object.assign(new TestEngine(), { currentRound: null })
    const quiet = { ...idleEngine(), round: () => 0 }

    for (const scene of [setUp(finished), setUp(quiet), setUp(undefined, { offers: false })]) {
      await scene.ask(peer)
      await scene.ask(peer, 'discover_nodes')
      assert.deepEqual([scene.offered, scene.messenger.sent], [[], []])
    }

    const early = setUp(waiting)

    await early.ask(peer)
    assert.deepEqual(early.offered, [])

    const scene = setUp()

    scene.strangers.push(peer)
    await scene.ask(peer)
    await scene.ask(other)
    assert.equal(scene.offered.length, 1)
    scene.offerer.stop()
    await scene.ask(other)
    assert.equal(scene.offered.length, 1)
  })

  it('makes an offer once for all, as long as it says the same and is kept', async () => {
    const engine = new TestEngine()
    const scene = setUp(engine)

    await Promise.all([scene.ask(peer), scene.ask(other)])
    assert.deepEqual([scene.made.length, scene.offered.length], [1, 2])
    engine.currentRound = 1
    await scene.ask(peer)
    assert.equal(scene.made.length, 2)
    scene.kept.length = 0
    await scene.ask(peer)
    assert.deepEqual([scene.made.length, scene.offered.length], [3, 4])
  })

  it('tries again after an offer that could not be made', async () => {
    const scene = setUp()

    scene.fails = true
    await scene.ask(peer)
    scene.fails = false
    await scene.ask(peer)
    assert.deepEqual([scene.made.length, scene.offered.length], [1, 1])
  })

  it('answers a peer so many times in a minute, and not once more', async () => {
    const scene = setUp(undefined, { maxOffersPerMinute: 2 })

    await scene.ask(peer)
    await scene.ask(peer, 'discover_nodes')
    await scene.ask(peer)
    await scene.ask(peer, 'discover_nodes')
    assert.deepEqual([scene.offered.length, scene.messenger.sent.length], [1, 1])
    await scene.ask(other)
    assert.equal(scene.offered.length, 2)
  })
})
