import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { createMessage } from '../../src/messages/index.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { createOverlayNode } from '../support/overlay-nodes.ts'
import { TestEngine } from '../support/test-engine.ts'
import { assertTyped, rejectionOf } from './support.ts'
import type { Nebula, Propagation } from '../../src/index.ts'
import type { AsyncMethod } from '../../src/lib/reject-with-errors.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'
import type { AbortOptions, PeerId } from '@libp2p/interface'

type Call = (nebula: Nebula, peer: PeerId, options: AbortOptions) => Promise<unknown>

const alive = createMessage('control', 'alive')
const asked = createMessage('app', 'request', { topic: 'test', requestId: '1' })
const payload = new Uint8Array(10)
const nowhere = multiaddr('/ip4/127.0.0.1/tcp/1')

/** Every asynchronous method, which the compiler sees to, with a peer that is not linked. */
const CALLS: Record<AsyncMethod<Nebula>, Call> = {
  // the overlay runs, so that nothing but the signal ends this
  stopped: async (nebula, _, { signal }) => nebula.stopped({ signal: signal ?? AbortSignal.timeout(10) }),
  startCommunications: async (nebula, _, options) =>
    nebula.startCommunications([nowhere], { ...options, timeout: 10 }),
  clearUnusedUndirectConnections: async (nebula) => nebula.clearUnusedUndirectConnections(),
  addToRecentlyDisconnected: async (nebula, peer) => nebula.addToRecentlyDisconnected(peer),
  connect: async (nebula, peer, options) => nebula.connect(peer, options),
  disconnect: async (nebula, peer, options) => nebula.disconnect(peer, options),
  setDirect: async (nebula, peer, options) => nebula.setDirect(peer, true, options),
  send: async (nebula, peer, options) => nebula.send(peer, alive, options),
  sendToNeighbours: async (nebula, peer, options) =>
    nebula.sendToNeighbours(alive, { ...options, peers: [peer] }),
  sendVia: async (nebula, peer, options) => nebula.sendVia(peer, await createPeerId(), alive, options),
  request: async (nebula, peer, options) => nebula.request(peer, { topic: 'test' }, options),
  reply: async (nebula, peer, options) =>
    nebula.reply({ source: peer, from: peer, message: asked }, payload, options),
  forwardMessage: async (nebula) => nebula.forwardMessage(alive),
  createModel: async (nebula, _, options) => nebula.createModel({ payload, round: 1 }, options),
  sendModel: async (nebula, peer, options) => nebula.sendModel([peer], { payload, round: 1 }, options),
  fetchModel: async (nebula, peer, options) => nebula.fetchModel('00'.repeat(32), peer, options),
  addToBlacklist: async (nebula) => nebula.addToBlacklist('no address'),
  removeFromBlacklist: async (nebula) => nebula.removeFromBlacklist('no address'),
  clearRestrictions: async (nebula) => nebula.clearRestrictions(),
  startBeacon: async (nebula) => nebula.startBeacon(),
  stopBeacon: async (nebula) => nebula.stopBeacon(),
  setBeaconInterval: async (nebula) => nebula.setBeaconInterval(-1),
  startExternalConnectionService: async (nebula) => nebula.startExternalConnectionService(),
  stopExternalConnectionService: async (nebula) => nebula.stopExternalConnectionService(),
  findFederation: async (nebula, _, options) => nebula.findFederation(options),
  joinFederation: async (nebula, _, options) => nebula.joinFederation({ ...options, addrs: [nowhere] }),
  lateJoin: async (nebula, _, options) =>
    nebula.lateJoin({ ...options, addrs: [nowhere], offerTimeout: 100 }),
  register: async (nebula, _, options) => nebula.register(options),
  waitForController: async (nebula, _, options) => nebula.waitForController(options)
}

const PROPAGATION_CALLS: Record<
  AsyncMethod<Propagation>,
  (propagator: Propagation, peer: PeerId, options: AbortOptions) => Promise<unknown>
> = {
  propagate: async (propagator, _, options) => propagator.propagate('stable', options),
  run: async (propagator, _, options) => propagator.run('stable', options),
  getModelInformation: async (propagator, peer) => propagator.getModelInformation(peer, 'none of that name')
}

/** Without a link, and with nothing that is out of order otherwise. */
const EXPECTED: Partial<Record<AsyncMethod<Nebula>, string>> = {
  startCommunications: 'MissingNeighboursError',
  connect: 'NoValidAddressesError',
  setDirect: 'NotLinkedError',
  send: 'NotLinkedError',
  sendToNeighbours: 'AggregateError',
  sendVia: 'NotLinkedError',
  forwardMessage: 'NotForwardableError',
  sendModel: 'NotLinkedError',
  fetchModel: 'NotLinkedError',
  addToBlacklist: 'InvalidParametersError',
  removeFromBlacklist: 'InvalidParametersError',
  register: 'ControllerError',
  waitForController: 'ControllerError'
}

describe('what the methods of the overlay reject with', () => {
  let node: OverlayNode
  let peer: PeerId

  before(async () => {
    peer = await createPeerId()
    node = await createOverlayNode({ engine: new TestEngine() })
  })

  after(async () => {
    await node.stop()
  })

  const every = [
    ...Object.entries(CALLS).map(([name, call]): [string, Call] => [name, call]),
    ...Object.entries(PROPAGATION_CALLS).map(([name, call]): [string, Call] => [
      `propagator.${name}`,
      async (nebula, other, options) => call(nebula.propagator, other, options)
    ])
  ]

  for (const [name, call] of every) {
    it(`is an error that says what is wrong, without a link: ${name}`, async () => {
      const error = await rejectionOf(call(node.services.nebula, peer, {}))
      const expected = EXPECTED[name as AsyncMethod<Nebula>]

      if (error != null || expected != null) {
        assertTyped(error)
      }

      if (expected != null) {
        assert.equal(error instanceof Error && error.name, expected)
      }
    })

    it(`is an error whatever the signal was aborted with: ${name}`, async () => {
      for (const reason of [new Error('enough'), 'enough', undefined, { enough: true }]) {
        const error = await rejectionOf(
          call(node.services.nebula, peer, { signal: AbortSignal.abort(reason) })
        )

        if (error !== undefined) {
          assert.ok(error instanceof Error)
          assert.notEqual(error.message, '')
        }
      }
    })
  }

  it('is what the signal was aborted with, when that is an error', async () => {
    const reason = new RangeError('enough')

    assert.equal(
      await rejectionOf(
        node.services.nebula.createModel({ payload, round: 1 }, { signal: AbortSignal.abort(reason) })
      ),
      reason
    )
  })

  it('is an AbortError for a signal that was aborted with a text', async () => {
    const error = await rejectionOf(
      node.services.nebula.createModel({ payload, round: 1 }, { signal: AbortSignal.abort('enough') })
    )

    assert.equal((error as Error).name, 'AbortError')
    assert.match((error as Error).message, /enough/)
    assert.equal((error as Error).cause, 'enough')
  })

  it('is an error for a payload that throws something else, and its own for one that throws an error', async () => {
    const own = new Error('of the application')
    const throwing = (thrown: unknown): AsyncIterable<Uint8Array> => ({
      // eslint-disable-next-line require-yield
      async *[Symbol.asyncIterator]() {
        throw thrown
      }
    })
    const created = async (thrown: unknown): Promise<unknown> =>
      rejectionOf(node.services.nebula.createModel({ payload: throwing(thrown), round: 1 }))

    assertTyped(await created('no data'))
    assert.equal(await created(own), own)
  })

  it('is an error for an engine that throws something else', async () => {
    const engine = new TestEngine()

    engine.currentRound = 1
    engine.modelParameters = async () => {
      throw 'no model' as unknown as Error
    }

    const other = await createOverlayNode({ engine })

    try {
      assertTyped(
        await rejectionOf(other.services.nebula.propagator.getModelInformation(other.peerId, 'stable'))
      )
    } finally {
      await other.stop()
    }
  })

  it('is an error after the node was stopped', async () => {
    const other = await createOverlayNode({ engine: new TestEngine() })

    await other.stop()

    for (const [name, call] of every) {
      const error = await rejectionOf(call(other.services.nebula, peer, {}))

      if (error !== undefined) {
        assertTyped(error, name)
      }
    }
  })
})
