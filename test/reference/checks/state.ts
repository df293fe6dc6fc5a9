import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { next, until } from '../../support/overlay-nodes.ts'
import { TestEngine } from '../../support/test-engine.ts'
import { idleEngine } from '../../../src/index.ts'
import { link } from '../federation.ts'
import type { state } from '../../../scripts/reference/entries/state.ts'
import type { Engine, GeoLocation, NeighbourUpdate } from '../../../src/index.ts'
import type { PeerId } from '@libp2p/interface'
import type { Checks } from '../check.ts'
import type { Member } from '../federation.ts'

const CONFIGURED_LOCATION = { latitude: 38.02, longitude: -1.17 }

export const stateChecks: Checks<typeof state> = {
  engine: async (federation) => {
    const updates: NeighbourUpdate[] = []
    const engine: Engine = {
      round: async () => 2,
      learningCycleFinished: async () => false,
      updateNeighbours: async (update) => void updates.push(update)
    }

    const newcomer = await federation.newcomer({}, { engine })

    await link(newcomer, federation.bob)
    assert.equal(federation.bob.overlay.link(newcomer.peerId)?.round, 2)

    // a loss that heals changes nothing
    const back = next(newcomer, 'link:open')

    newcomer.loseConnections(federation.bob)
    await back
    await newcomer.overlay.disconnect(federation.bob.peerId)
    await until('both updates', () => updates.length === 2)
    assert.deepEqual(
      updates.map(({ peer, added, neighbours }) => [String(peer), added, neighbours.length]),
      [
        [String(federation.bob.peerId), true, 1],
        [String(federation.bob.peerId), false, 0]
      ]
    )
  },

  round: async (federation) => {
    const engine = new TestEngine()

    engine.currentRound = 7

    const newcomer = await federation.newcomer({}, { engine })

    await link(newcomer, federation.bob)
    assert.equal(federation.bob.overlay.link(newcomer.peerId)?.round, 7)
    await newcomer.overlay.send(
      federation.bob.peerId,
      newcomer.overlay.createMessage('federation', 'federation_models_included', { round: 8 })
    )
    await until('the next round', () => federation.bob.overlay.link(newcomer.peerId)?.round === 8)
  },

  learningFinished: async (federation) => {
    const engine = new TestEngine()
    const newcomer = await federation.newcomer({}, { engine })

    await link(newcomer, federation.bob)
    engine.finished = true
    await assert.rejects(federation.alice.overlay.connect(newcomer.addrs), { reason: 'LEARNING_FINISHED' })
    await assert.rejects(newcomer.overlay.connect(federation.alice.addrs), { reason: 'LEARNING_FINISHED' })

    const heard = next(federation.bob, 'message:control:alive', ({ source }) =>
      source.equals(newcomer.peerId)
    )

    await newcomer.overlay.sendToNeighbours(newcomer.overlay.createMessage('control', 'alive'))
    await heard
    await assert.rejects(
      newcomer.overlay.sendModel([federation.bob.peerId], { payload: Buffer.from('model'), round: 1 }),
      {
        name: 'LearningFinishedError'
      }
    )
  },

  connections: async ({ alice, bob, carol, dave }) => {
    assert.deepEqual(
      new Set(alice.overlay.links().map(({ peer, direct, proxy }) => `${peer} ${direct} ${proxy}`)),
      new Set([`${bob.peerId} true false`, `${carol.peerId} false false`, `${dave.peerId} true true`])
    )

    const before = alice.overlay.link(bob.peerId)?.messagesSent ?? NaN

    await alice.overlay.send(bob.peerId, alice.overlay.createMessage('control', 'overhead'))
    assert.ok((alice.overlay.link(bob.peerId)?.messagesSent ?? NaN) > before)
  },

  locks: async (federation) => {
    const { erin } = federation
    const before = erin.overlay.links()
    const newcomer = await federation.newcomer()

    await link(newcomer, erin)
    assert.equal(before.length, 1)
    assert.equal(erin.overlay.links().length, 2)
  },

  messagesManager: async ({ alice }) => {
    for (const [type, actions] of Object.entries(alice.overlay.getMessagesEvents())) {
      for (const action of actions.length === 0 ? [''] : actions) {
        assert.partialDeepStrictEqual(alice.overlay.createMessage(type as 'control', action as 'alive'), {
          type,
          action
        })
      }
    }
  },

  discoverer: async (federation) => {
    const { alice } = federation
    const hearing = await federation.newcomer(federation.lan)
    const told = (member: Member): boolean =>
      isNear(alice.overlay.link(member.peerId)?.location, CONFIGURED_LOCATION)
    const configured = await federation.newcomer({
      ...federation.lan,
      location: { ...CONFIGURED_LOCATION, interval: '1s' }
    })
    const beacon = next(
      hearing,
      'beacon',
      ({ peer, location }) => peer.equals(configured.peerId) && isNear(location, CONFIGURED_LOCATION)
    )

    assert.deepEqual(configured.overlay.location, CONFIGURED_LOCATION)
    await link(configured, alice)
    await until('the location of the configuration', () => told(configured))
    await beacon

    let location: GeoLocation = { latitude: 1, longitude: 1 }
    const engine: Engine = { ...idleEngine(), location: () => location }
    const moving = await federation.newcomer({ location: { interval: '1s' } }, { engine })

    await link(moving, alice)
    await until('the location of the engine', () => alice.overlay.link(moving.peerId)?.location != null)
    assert.equal(told(moving), false)
    location = CONFIGURED_LOCATION
    await until('the next location', () => told(moving))
  },

  health: async (federation) => {
    const newcomer = await federation.newcomer({ links: { aliveInterval: '100ms', sweepInterval: '100ms' } })
    const alive = next(federation.bob, 'message:control:alive', ({ source }) =>
      source.equals(newcomer.peerId)
    )

    await link(newcomer, federation.bob)
    await alive
  },

  forwarder: async (federation) => {
    const { bob, dave, erin } = federation
    const proxy = await federation.newcomer({
      proxy: true,
      forwarding: { types: ['federation'], maxHops: 1 }
    })
    const end = await federation.newcomer()
    const sources: string[] = []

    await link(proxy, dave)
    await link(proxy, bob)
    await link(proxy, end)
    end.overlay.addEventListener('message:federation:reputation', ({ detail }) =>
      sources.push(String(detail.source))
    )

    // one by way of two proxies, which is too far, and then one by way of this one
    for (const [source, first] of [
      [erin, dave],
      [bob, proxy]
    ] as const) {
      const arrived = next(proxy, 'message:federation:reputation', (message) =>
        message.source.equals(source.peerId)
      )

      await source.overlay.send(first.peerId, source.overlay.createMessage('federation', 'reputation'))
      await arrived
    }

    await until('the second one', () => sources.length > 0)
    assert.deepEqual(sources, [String(bob.peerId)])
  },

  propagator: async (federation) => {
    const engine = new TestEngine()

    engine.currentRound = null

    const waiting = await federation.newcomer({}, { engine })
    const newcomer = await federation.newcomer({ propagation: { interval: '50ms' } })
    const isOurs = ({ source }: { source: PeerId }): boolean => source.equals(newcomer.peerId)

    await link(newcomer, waiting)

    const first = next(waiting, 'model:initialization', isOurs)

    assert.equal((await newcomer.overlay.propagator.run('initialization')).sent.length, 1)
    await first

    const own = next(waiting, 'model:update', isOurs)

    newcomer.overlay.propagator.register({
      name: 'own',
      round: () => 3,
      isEligible: ({ outcome }) => outcome == null,
      prepare: async () => ({ payload: Buffer.from('of the application') })
    })
    await newcomer.overlay.propagator.run('own')
    assert.equal((await own).round, 3)
  },

  externalConnectionService: async (federation) => {
    const asking = await federation.newcomer({ ...federation.lan })
    const announced = await federation.newcomer({ ...federation.lan })

    await announced.overlay.startBeacon()
    assert.deepEqual((await asking.overlay.findFederation()).map(String), [String(announced.peerId)])
  },

  blacklist: async (federation) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'nebula-reference-'))

    try {
      const newcomer = await federation.newcomer({ dataDir })

      await newcomer.overlay.addToBlacklist(federation.bob.peerId, 'rude')
      await newcomer.stop()

      const again = await federation.newcomer({ dataDir })

      assert.ok(again.peerId.equals(newcomer.peerId))
      assert.partialDeepStrictEqual(again.overlay.restrictions(), [{ kind: 'blacklisted', reason: 'rude' }])
      await again.stop()
    } finally {
      await rm(dataDir, { recursive: true })
    }
  },

  config: async (federation) => {
    const newcomer = await federation.newcomer({ roles: ['trainer'] })

    assert.deepEqual(newcomer.node.config.roles, ['trainer'])
    assert.equal(newcomer.node.config.links.maxLinks, 1_000)
  },

  address: async ({ alice }) => {
    const addrs = alice.node.libp2p.getMultiaddrs()

    assert.ok(addrs.length > 0)
    assert.ok(addrs.every((addr) => addr.toString().endsWith(`/p2p/${alice.overlay.peerId}`)))
  },

  string: async ({ alice, bob, carol }) => {
    const text = alice.overlay.toString()

    assert.match(text, new RegExp(`${alice.peerId}, running, links: .*${bob.peerId} direct`))
    assert.match(text, new RegExp(`${carol.peerId} undirected`))
    assert.equal(inspect(alice.overlay), text)
  },

  checkFederationReady: async (federation) => {
    const { bob, erin } = federation
    const newcomer = await federation.newcomer()

    assert.equal(newcomer.overlay.checkFederationReady(), false)
    await link(newcomer, bob)
    await link(newcomer, erin)

    const ready = next(newcomer, 'federation:ready')

    await bob.overlay.send(newcomer.peerId, bob.overlay.createMessage('federation', 'federation_ready'))
    await until('bob is ready', () => newcomer.overlay.readyPeers().length === 1)
    assert.equal(newcomer.overlay.checkFederationReady(), false)
    await erin.overlay.send(newcomer.peerId, erin.overlay.createMessage('federation', 'federation_ready'))
    assert.equal((await ready).neighbours.length, 2)

    const back = next(newcomer, 'link:open')

    newcomer.loseConnections(bob)
    await back
    assert.equal(newcomer.overlay.checkFederationReady(), true)
  },

  addReadyConnection: async (federation) => {
    const { bob, erin } = federation
    const newcomer = await federation.newcomer()

    newcomer.overlay.addReadyConnection(bob.peerId)
    assert.deepEqual(newcomer.overlay.readyPeers(), [])
    await link(newcomer, bob)
    await link(newcomer, erin)
    assert.deepEqual(newcomer.overlay.readyPeers(), [bob.peerId])
    newcomer.overlay.addReadyConnection(erin.peerId)
    assert.equal(newcomer.overlay.checkFederationReady(), true)
  },

  readyConnections: async (federation) => {
    const engine = new TestEngine()

    engine.currentRound = null

    const waiting = await federation.newcomer({}, { engine })
    const newcomer = await federation.newcomer()

    await link(newcomer, federation.bob)
    await link(newcomer, waiting)
    assert.deepEqual(newcomer.overlay.learningPeers(), [federation.bob.peerId])
    await waiting.overlay.send(
      newcomer.peerId,
      waiting.overlay.createMessage('federation', 'federation_models_included', { round: 0 })
    )
    await until('it has begun too', () => newcomer.overlay.learningPeers().length === 2)
  }
}

/** Messages carry degrees in single precision. */
function isNear(location: GeoLocation | undefined, { latitude, longitude }: GeoLocation): boolean {
  return (
    location != null &&
    Math.abs(location.latitude - latitude) < 1e-5 &&
    Math.abs(location.longitude - longitude) < 1e-5
  )
}
