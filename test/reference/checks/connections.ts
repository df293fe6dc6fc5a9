import assert from 'node:assert/strict'
import { createPeerId } from '../../support/create-peer-id.ts'
import { next, until } from '../../support/overlay-nodes.ts'
import { link } from '../federation.ts'
import type { connections } from '../../../scripts/reference/entries/connections.ts'
import type { Checks } from '../check.ts'

/** Lost links are made again when the test says so. */
const SLOW_REDIALS = { links: { redialDelay: '1h', maxRedialDelay: '1h' } } as const

export const connectionsChecks: Checks<typeof connections> = {
  connect: async (federation) => {
    const { bob } = federation
    const newcomer = await federation.newcomer()
    const told: string[] = []

    for (const type of ['link:open', 'link:upgrade'] as const) {
      bob.overlay.addEventListener(type, ({ detail }) => {
        if (detail.peer.equals(newcomer.peerId)) {
          told.push(`${type} ${detail.direct}`)
        }
      })
    }

    const made = await newcomer.overlay.connect(bob.addrs, { direct: false, priority: 'high' })

    assert.deepEqual([made.direct, made.priority], [false, 'high'])
    assert.equal((await newcomer.overlay.connect(bob.peerId)).direct, true)
    assert.equal((await newcomer.overlay.setDirect(bob.peerId, false)).direct, false)
    await until('bob knows', () => told.length === 3)
    assert.deepEqual(told, ['link:open false', 'link:upgrade true', 'link:upgrade false'])
    await assert.rejects(newcomer.overlay.connect(newcomer.addrs), { reason: 'SELF' })
  },

  handleConnection: async (federation) => {
    const [first, second] = [await federation.newcomer(), await federation.newcomer()]
    const opened: string[] = []

    for (const member of [first, second]) {
      member.overlay.addEventListener('link:open', ({ detail }) => opened.push(String(detail.peer)))
    }

    // the attempts cross
    await Promise.all([first.overlay.connect(second.addrs), second.overlay.connect(first.addrs)])
    assert.deepEqual(opened.sort(), [first.peerId, second.peerId].map(String).sort())

    const stranger = await federation.newcomer({ federation: 'another' })

    await assert.rejects(stranger.overlay.connect(first.addrs), { reason: 'FEDERATION_MISMATCH' })
  },

  maxConnections: async (federation) => {
    const newcomer = await federation.newcomer({ links: { maxLinks: 1 } })

    await link(newcomer, federation.bob)
    await assert.rejects(federation.erin.overlay.connect(newcomer.addrs), { reason: 'MAX_LINKS' })
    await assert.rejects(newcomer.overlay.connect(federation.erin.addrs), { reason: 'MAX_LINKS' })
  },

  disconnect: async (federation) => {
    const { bob } = federation
    const newcomer = await federation.newcomer()
    const ends: string[] = []

    bob.overlay.addEventListener('link:close', ({ detail }) => {
      if (detail.link.peer.equals(newcomer.peerId)) {
        ends.push(detail.reason)
      }
    })

    for (const options of [{ restrict: false }, { forced: true }]) {
      await link(newcomer, bob)
      await newcomer.overlay.disconnect(bob.peerId, options)
      await until('bob knows', () => !bob.linkedWith(newcomer))
      assert.equal(newcomer.linkedWith(bob), false)
    }

    assert.deepEqual(ends, ['remote', 'remote'])
    assert.partialDeepStrictEqual(newcomer.overlay.restrictions(), [{ kind: 'blacklisted' }])
    await newcomer.overlay.clearRestrictions()
    await link(newcomer, bob)
    await newcomer.overlay.disconnect(bob.peerId, { mutual: false })
    await until('bob notices', () => ends.length === 3)
    assert.equal(ends[2], 'connection-lost')
    assert.partialDeepStrictEqual(newcomer.overlay.restrictions(), [{ kind: 'recently-disconnected' }])
  },

  runReconnections: async (federation) => {
    const [first, second] = [await federation.newcomer(SLOW_REDIALS), await federation.newcomer(SLOW_REDIALS)]

    await link(first, second)

    const redial = next(first, 'link:redial')

    first.loseConnections(second)
    assert.ok((await redial).peer.equals(second.peerId))
    assert.equal(first.overlay.redialling(second.peerId), true)
    assert.equal(first.overlay.link(second.peerId, { reconnecting: true })?.state, 'reconnecting')
    assert.deepEqual(first.overlay.runReconnections(), [second.peerId])
    await until('the link is back', () => first.linkedWith(second) && second.linkedWith(first))
    assert.equal(first.overlay.redialling(second.peerId), false)
  },

  terminateFailedReconnection: async (federation) => {
    const [first, second] = [await federation.newcomer(SLOW_REDIALS), await federation.newcomer(SLOW_REDIALS)]

    await link(first, second)
    assert.equal(first.overlay.terminateFailedReconnection(second.peerId), false)
    first.loseConnections(second)
    await until('it is dialled again', () => first.overlay.redialling(second.peerId))
    assert.equal(first.overlay.terminateFailedReconnection(second.peerId), true)
    assert.equal(first.overlay.redialling(second.peerId), false)
    await until('it is recently disconnected', () => first.overlay.restrictions().length === 1)
    assert.deepEqual(first.overlay.runReconnections(), [])
  },

  clearUnused: async (federation) => {
    const { bob, erin } = federation
    const newcomer = await federation.newcomer({ links: { inactivityTimeout: 1, sweepInterval: '1h' } })

    await link(newcomer, bob, false)
    await link(newcomer, erin)
    await until(
      'the link is unused',
      () => Date.now() > (newcomer.overlay.link(bob.peerId)?.lastActivity ?? 0) + 1
    )
    assert.deepEqual(await newcomer.overlay.clearUnusedUndirectConnections(), [bob.peerId])
    assert.deepEqual(newcomer.overlay.peers(), [erin.peerId])
  },

  verifyConnections: async ({ alice, bob, carol, erin }) => {
    assert.equal(alice.overlay.verifyConnections([bob.peerId, carol.peerId]), true)
    assert.equal(alice.overlay.verifyConnections([bob.peerId, erin.peerId]), false)
    assert.equal(alice.overlay.verifyConnections([]), true)
  },

  verifyAnyConnections: async ({ alice, bob, erin }) => {
    assert.equal(alice.overlay.verifyAnyConnections([bob.peerId, erin.peerId]), true)
    assert.equal(alice.overlay.verifyAnyConnections([erin.peerId, await createPeerId()]), false)
    assert.equal(alice.overlay.verifyAnyConnections([]), false)
  },

  allAddresses: async ({ alice, bob, carol, dave }) => {
    const named = (filter?: object): string[] => alice.overlay.peers(filter).map(String).sort()
    const of = (...members: Array<{ peerId: unknown }>): string[] =>
      members.map(({ peerId }) => String(peerId)).sort()

    assert.deepEqual(named(), of(bob, carol, dave))
    assert.deepEqual(named({ onlyDirect: true }), of(bob, dave))
    assert.deepEqual(named({ onlyUndirected: true }), of(carol))
    assert.deepEqual(named({ onlyDirect: true, onlyUndirected: true }), of(bob, dave))
  },

  addresses: async ({ alice, carol }) => {
    assert.deepEqual(
      new Set(alice.overlay.peers({ onlyUndirected: true, myself: true }).map(String)),
      new Set([carol.peerId, alice.peerId].map(String))
    )
  }
}
