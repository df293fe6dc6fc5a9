import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { idleEngine, initialization, stable } from '../../../src/index.ts'
import { createPeerId } from '../../support/create-peer-id.ts'
import { TestEngine } from '../../support/test-engine.ts'
import type { Neighbour, PropagationContext } from '../../../src/index.ts'
import type { PeerId } from '@libp2p/interface'

describe('propagation strategies', () => {
  let peer: PeerId

  before(async () => {
    peer = await createPeerId()
  })

  function at(round: number | null): PropagationContext & { engine: TestEngine } {
    const engine = new TestEngine()

    engine.currentRound = round

    return { engine, round }
  }

  function neighbour(state: Partial<Neighbour> = {}): Neighbour {
    return { peer, ready: false, round: null, ...state }
  }

  const CASES: Array<{ state: Partial<Neighbour>; initial: boolean; stable: boolean }> = [
    { state: {}, initial: true, stable: true },
    { state: { ready: true }, initial: true, stable: true },
    { state: { round: 0 }, initial: false, stable: true },
    { state: { round: 3 }, initial: false, stable: true },
    { state: { round: 4 }, initial: false, stable: true },
    { state: { round: 5 }, initial: false, stable: false },
    { state: { outcome: 'delivered' }, initial: false, stable: false },
    { state: { outcome: 'have' }, initial: false, stable: false },
    // whoever it gets it from may fail
    { state: { outcome: 'pending' }, initial: true, stable: true }
  ]

  for (const { state, ...expected } of CASES) {
    it(`in round 4, a neighbour with ${JSON.stringify(state)}`, () => {
      assert.equal(initialization.isEligible(neighbour(state), at(4)), expected.initial)
      assert.equal(stable.isEligible(neighbour(state), at(4)), expected.stable)
    })
  }

  it('initialization sends the initial model, or the parameters, as of round -1 and with weight 1', async () => {
    const context = at(null)

    assert.equal(initialization.round(context), -1)
    assert.deepEqual(await initialization.prepare(context), {
      payload: Buffer.from('parameters'),
      weight: 1n
    })

    const engine = Object.assign(new TestEngine(), { initialModel: () => Buffer.from('initial') })

    assert.deepEqual(await initialization.prepare({ engine, round: null }), {
      payload: Buffer.from('initial'),
      weight: 1n
    })
    assert.equal(engine.asked, 0)
  })

  it('stable sends the parameters of the current round with their weight, and nothing before there is one', async () => {
    const context = at(4)

    assert.equal(stable.round(context), 4)
    assert.deepEqual(await stable.prepare(context), { payload: Buffer.from('parameters'), weight: 10n })
    assert.equal(stable.round(at(null)), undefined)
    assert.equal(stable.isEligible(neighbour(), at(null)), false)
  })

  it('both wait for an engine whose model is not there yet', async () => {
    const context = at(0)

    context.engine.parameters = undefined
    assert.equal(await initialization.prepare(context), undefined)
    assert.equal(await stable.prepare(context), undefined)
  })

  it('neither is for an engine without a model', async () => {
    const context = { engine: idleEngine(), round: 0 }

    for (const strategy of [initialization, stable]) {
      assert.throws(() => strategy.round(context), { name: 'NoModelError' })
      await assert.rejects(strategy.prepare(context), { name: 'NoModelError' })
    }
  })
})
