import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createMessage } from '../../src/messages/index.ts'
import { has, next, until } from '../support/overlay-nodes.ts'
import { tell, three } from './support/link-messages.ts'

const federationReady = createMessage('federation', 'federation_ready')

describe('other messages that the overlay reacts to', () => {
  it('discovery discover tells where the peer is', async () => {
    await three({}, async (a, b) => {
      const place = { latitude: 51.5, longitude: -0.125 }

      await tell(a, b, createMessage('discovery', 'discover', place))
      assert.deepEqual(b.services.nebula.link(a.peerId)?.location, place)

      await tell(a, b, createMessage('discovery', 'register', { latitude: 1, longitude: 2 }))
      await tell(a, b, createMessage('discovery', 'discover', { latitude: 91, longitude: 0 }))
      await tell(a, b, createMessage('discovery', 'discover', { latitude: 0, longitude: -Infinity }))
      assert.deepEqual(b.services.nebula.link(a.peerId)?.location, place)

      await tell(a, b, createMessage('discovery', 'discover', { latitude: -90, longitude: 180 }))
      assert.deepEqual(b.services.nebula.link(a.peerId)?.location, { latitude: -90, longitude: 180 })
    })
  })

  it('federation federation_ready counts towards the readiness of all neighbours', async () => {
    await three({}, async (a, b, c) => {
      await c.services.nebula.connect(b.getMultiaddrs())
      await until('both have the link', () => has(b, c.peerId))
      const ready = next(b, 'federation:ready')

      await tell(a, b, federationReady)
      assert.equal(b.services.nebula.checkFederationReady(), false)
      assert.deepEqual(b.services.nebula.readyPeers().map(String), [String(a.peerId)])

      await tell(c, b, federationReady)
      assert.equal(b.services.nebula.checkFederationReady(), true)
      assert.deepEqual((await ready).neighbours.length, 2)
    })
  })

  it('connection disconnect ends the link, as the goodbye does', async () => {
    await three({}, async (a, b) => {
      const ends = [next(a, 'link:close'), next(b, 'link:close')]

      await a.services.nebula.send(b.peerId, createMessage('connection', 'disconnect'))
      const [there, here] = await Promise.all(ends)

      // neither end takes it for a link that was lost, and is to be made again
      assert.deepEqual([there?.reason, here?.reason], ['remote', 'remote'])
      assert.deepEqual(b.services.nebula.restrictions(), [])
    })
  })
})
