import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createOverlayNode, has, linkNodes, next, until, withNodes } from '../support/overlay-nodes.ts'

/** More often than a peer may make attempts in a minute. */
const ATTEMPTS = 80

describe('disconnecting', () => {
  it('says nothing to a banned peer when it is not mutual', async () => {
    await withNodes([createOverlayNode(), createOverlayNode()] as const, async (a, b) => {
      await linkNodes(a, b)

      const closed = next(b, 'link:close')

      await a.services.nebula.disconnect(b.peerId, { forced: true, mutual: false })
      // a goodbye would be told as `remote`
      assert.equal((await closed).reason, 'connection-lost')
    })
  })

  it('tells a banned peer otherwise', async () => {
    await withNodes([createOverlayNode(), createOverlayNode()] as const, async (a, b) => {
      await linkNodes(a, b)

      const closed = next(b, 'link:close')

      await a.services.nebula.disconnect(b.peerId, { forced: true })
      assert.equal((await closed).reason, 'remote')
    })
  })

  it('may leave no restriction, so that the peer comes back at once', async () => {
    await withNodes([createOverlayNode(), createOverlayNode()] as const, async (a, b) => {
      await linkNodes(a, b)
      await a.services.nebula.disconnect(b.peerId, { restrict: false })
      assert.deepEqual(a.services.nebula.restrictions(), [])
      await until('both have let go', () => !has(b, a.peerId))
      await linkNodes(b, a)
    })
  })

  it('refuses a peer that asks again, as often as it asks, and does not hold it against the peer', async () => {
    await withNodes([createOverlayNode(), createOverlayNode()] as const, async (a, b) => {
      await linkNodes(a, b)
      await a.services.nebula.disconnect(b.peerId)
      await until('both have let go', () => !has(b, a.peerId))

      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        await assert.rejects(b.services.nebula.connect(a.getMultiaddrs()), {
          name: 'HandshakeError',
          reason: 'RECENTLY_DISCONNECTED'
        })
      }

      assert.deepEqual(
        a.services.nebula.restrictions().map(({ kind }) => kind),
        ['recently-disconnected']
      )
      assert.ok(a.services.nebula.score(b.peerId) >= 0)
      await a.services.nebula.removeFromBlacklist(b.peerId)
      await linkNodes(b, a)
    })
  })
})
