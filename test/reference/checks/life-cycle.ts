import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { next, until } from '../../support/overlay-nodes.ts'
import { TestEngine } from '../../support/test-engine.ts'
import { link } from '../federation.ts'
import type { lifeCycle } from '../../../scripts/reference/entries/life-cycle.ts'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Checks } from '../check.ts'

export const lifeCycleChecks: Checks<typeof lifeCycle> = {
  instance: async ({ alice, bob, carol }) => {
    assert.ok(alice.node.nebula.verifyConnections([bob.peerId, carol.peerId]))
    assert.ok(!bob.node.nebula.verifyAnyConnections([carol.peerId]))
    assert.ok(!alice.node.nebula.peerId.equals(bob.node.nebula.peerId))
  },

  constructor: async (federation) => {
    const engine = new TestEngine()

    engine.currentRound = 4

    const newcomer = await federation.newcomer({}, { engine })

    await link(newcomer, federation.alice)
    assert.equal(federation.alice.overlay.link(newcomer.peerId)?.round, 4)
  },

  startCommunications: async (federation) => {
    const { bob, erin } = federation
    const newcomer = await federation.newcomer({ direct: [String(bob.addrs[0])], waitForDirect: 60_000 })

    assert.ok(newcomer.linkedWith(bob))

    const linked = await newcomer.overlay.startCommunications([
      newcomer.peerId,
      ...newcomer.addrs,
      ...bob.addrs,
      ...erin.addrs
    ])

    assert.deepEqual(linked.map(String).sort(), [bob.peerId, erin.peerId].map(String).sort())
    assert.deepEqual(newcomer.overlay.peers({ onlyUndirected: true }), [])
    assert.equal(erin.overlay.link(newcomer.peerId)?.direct, true)
  },

  start: async (federation) => {
    const newcomer = await federation.newcomer(
      { listen: ['/ip4/127.0.0.1/tcp/0', '/ip4/127.0.0.1/tcp/0/ws'] },
      { start: false }
    )

    assert.deepEqual(newcomer.addrs, [])
    await newcomer.node.start()
    assert.equal(newcomer.addrs.length, 2)

    for (const addr of newcomer.addrs) {
      await federation.bob.overlay.connect(addr)
      await until('the link', () => newcomer.linkedWith(federation.bob))
      await federation.bob.overlay.disconnect(newcomer.peerId, { restrict: false })
      await until('its end', () => !newcomer.linkedWith(federation.bob))
    }
  },

  additionalServices: async (federation) => {
    const { bob, erin } = federation
    const newcomer = await federation.newcomer({ proxy: true }, { start: false })

    await newcomer.node.start()
    await link(newcomer, bob)
    await link(newcomer, erin)

    const arrived = next(erin, 'message:federation:federation_models_included', ({ source }) =>
      source.equals(bob.peerId)
    )

    await bob.overlay.send(
      newcomer.peerId,
      bob.overlay.createMessage('federation', 'federation_models_included')
    )
    assert.ok((await arrived).from.equals(newcomer.peerId))

    const { sent } = await newcomer.overlay.propagator.propagate('stable')

    assert.equal(sent.length, 2)
  },

  running: async (federation) => {
    const newcomer = await federation.newcomer({}, { start: false })

    assert.equal(newcomer.overlay.running, false)
    await newcomer.node.start()
    assert.equal(newcomer.overlay.running, true)
    await newcomer.stop()
    assert.equal(newcomer.overlay.running, false)
  },

  stopped: async (federation) => {
    const newcomer = await federation.newcomer()
    let over = false
    const stopped = newcomer.overlay.stopped().then(() => {
      over = true
    })

    await link(newcomer, federation.bob)
    assert.equal(over, false)
    await newcomer.stop()
    await stopped
    await newcomer.overlay.stopped()
  },

  stop: async (federation) => {
    const newcomer = await federation.newcomer({ stopTimeout: '20s' })
    const [addr] = newcomer.addrs

    assert.ok(addr != null)
    await link(newcomer, federation.bob)

    const closed = next(federation.bob, 'link:close', ({ link: { peer } }) => peer.equals(newcomer.peerId))

    await newcomer.node.stop()
    assert.equal((await closed).reason, 'remote')
    assert.equal(federation.bob.overlay.redialling(newcomer.peerId), false)
    await assert.rejects(knock(addr), { code: 'ECONNREFUSED' })
  }
}

async function knock(addr: Multiaddr): Promise<void> {
  const [, , host, , port] = addr.toString().split('/')
  const socket = connect(Number(port), host)

  try {
    await once(socket, 'connect')
  } finally {
    socket.destroy()
  }
}
