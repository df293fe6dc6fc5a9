import assert from 'node:assert/strict'
import { until } from '../../support/overlay-nodes.ts'
import { link } from '../federation.ts'
import type { restrictions } from '../../../scripts/reference/entries/restrictions.ts'
import type { Checks } from '../check.ts'

export const restrictionsChecks: Checks<typeof restrictions> = {
  addToBlacklist: async (federation) => {
    const { bob } = federation
    const newcomer = await federation.newcomer()
    const banned: number[] = []

    await link(newcomer, bob)
    newcomer.overlay.addEventListener('peer:blacklisted', ({ detail }) => banned.push(detail.expiresAt))

    const from = Date.now()

    await newcomer.overlay.addToBlacklist(bob.peerId)
    await until('bob has no link', () => !bob.linkedWith(newcomer))
    assert.ok(banned[0] != null && banned[0] - from >= 240_000 && banned[0] - Date.now() <= 240_000)
    await assert.rejects(bob.overlay.connect(newcomer.addrs), { name: 'ConnectionDeniedError' })
    assert.equal(newcomer.linkedWith(bob), false)
  },

  addToRecentlyDisconnected: async (federation) => {
    const { bob } = federation
    const newcomer = await federation.newcomer()
    const ends: number[] = []

    await link(newcomer, bob)
    newcomer.overlay.addEventListener('peer:disconnected', ({ detail }) => ends.push(detail.expiresAt))

    const from = Date.now()

    await newcomer.overlay.addToRecentlyDisconnected(bob.peerId)
    assert.ok(ends[0] != null && ends[0] - from >= 60_000 && ends[0] - Date.now() <= 60_000)
    assert.ok(newcomer.linkedWith(bob))
    await bob.overlay.disconnect(newcomer.peerId, { restrict: false })
    await until('there is no link', () => !newcomer.linkedWith(bob))
    await assert.rejects(bob.overlay.connect(newcomer.addrs), { reason: 'RECENTLY_DISCONNECTED' })
    await newcomer.overlay.connect(bob.addrs)
    assert.deepEqual(newcomer.overlay.applyRestrictions([bob.peerId]), [bob.peerId])
  },

  getBlacklist: async (federation) => {
    const { bob, erin } = federation
    const newcomer = await federation.newcomer()

    assert.deepEqual(newcomer.overlay.restrictions(), [])
    await newcomer.overlay.addToBlacklist(bob.peerId, { reason: 'rude', ttl: 60_000 })
    await newcomer.overlay.addToRecentlyDisconnected(erin.peerId)
    await newcomer.overlay.addToBlacklist('203.0.113.0/24')
    assert.deepEqual(
      new Set(newcomer.overlay.restrictions().map(({ peer, kind }) => `${peer} ${kind}`)),
      new Set([`${bob.peerId} blacklisted`, `${erin.peerId} recently-disconnected`])
    )
    assert.deepEqual(
      newcomer.overlay.blockedAddresses().map(({ address }) => address),
      ['203.0.113.0/24']
    )
  },

  applyRestrictions: async (federation) => {
    const { alice, bob, erin } = federation
    const newcomer = await federation.newcomer()

    await newcomer.overlay.addToBlacklist(bob.peerId)
    await newcomer.overlay.addToRecentlyDisconnected(erin.peerId)
    assert.deepEqual(newcomer.overlay.applyRestrictions([alice.peerId, bob.peerId, erin.peerId]), [
      alice.peerId
    ])
    assert.deepEqual(newcomer.overlay.applyRestrictions([bob.peerId]), [])
  },

  clearRestrictions: async (federation) => {
    const { bob, erin } = federation
    const newcomer = await federation.newcomer()

    await newcomer.overlay.addToBlacklist(bob.peerId)
    await newcomer.overlay.addToBlacklist('203.0.113.7')
    await newcomer.overlay.addToRecentlyDisconnected(erin.peerId)
    await newcomer.overlay.clearRestrictions()
    assert.deepEqual([newcomer.overlay.restrictions(), newcomer.overlay.blockedAddresses()], [[], []])
    await bob.overlay.connect(newcomer.addrs)
  }
}
