import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { LinkTable } from '../../src/links/index.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { fakeLink } from './support.ts'
import type { PeerId } from '@libp2p/interface'

describe('LinkTable', () => {
  let self: PeerId
  let a: PeerId
  let b: PeerId

  before(async () => {
    ;[self, a, b] = await Promise.all([createPeerId(), createPeerId(), createPeerId()])
  })

  it('removes a link only when it is that link', () => {
    const links = new LinkTable(self)
    const [first, second] = [fakeLink(a, { id: '1' }), fakeLink(a, { id: '2' })]

    links.add(first)
    assert.equal(links.remove(a, '2'), undefined)
    assert.equal(links.remove(b, '1'), undefined)
    assert.equal(links.get(a), first)

    links.add(second)
    assert.equal(links.size, 1)
    assert.equal(links.remove(a, '1'), undefined)
    assert.equal(links.get(a), second)
    assert.equal(links.remove(a, '2'), second)
    assert.deepEqual([links.size, links.has(a), links.remove(a, '2')], [0, false, undefined])
  })

  it('selects by kind, and adds this node to the peers when asked', () => {
    const links = new LinkTable(self)
    const [direct, undirected] = [fakeLink(a), fakeLink(b, { direct: false })]

    assert.deepEqual(links.peers({ myself: true }), [self])
    links.add(direct)
    links.add(undirected)
    assert.deepEqual([...links], [direct, undirected])
    assert.deepEqual(links.select({ onlyDirect: true }), [direct])
    assert.deepEqual(links.select({ onlyUndirected: true }), [undirected])
    assert.deepEqual(links.select({ onlyDirect: false, onlyUndirected: false }), [direct, undirected])
    assert.deepEqual(links.select({ onlyDirect: true, onlyUndirected: true }), [direct])
    assert.deepEqual(links.peers({ onlyUndirected: true, myself: true }).map(String), [b, self].map(String))
  })

  it('describes a link as it is now, in a copy', () => {
    const link = fakeLink(a, { now: 5 })
    const earlier = link.info()

    link.sent(10, 6)
    link.received(20, 7)
    link.received(30, 8)
    earlier.roles.push('mine')
    assert.deepEqual([earlier.lastActivity, earlier.messagesSent], [5, 0])

    const { openedAt, lastActivity, messagesSent, messagesReceived, bytesSent, bytesReceived, roles } =
      link.info()

    assert.deepEqual(
      { openedAt, lastActivity, messagesSent, messagesReceived, bytesSent, bytesReceived, roles },
      {
        openedAt: 5,
        // which of what passed was more than a sign of life is the messenger's to say
        lastActivity: 5,
        messagesSent: 1,
        messagesReceived: 2,
        bytesSent: 10,
        bytesReceived: 50,
        roles: ['trainer']
      }
    )
    assert.deepEqual([link.lastSaid, link.lastHeard], [6, 8])
  })

  it('moves its times along with a clock that has leapt', () => {
    const link = fakeLink(a, { now: 5 })

    link.shift(100)
    assert.deepEqual(
      [link.openedAt, link.lastActivity, link.lastSaid, link.lastHeard],
      Array.from({ length: 4 }, () => 105)
    )
  })
})
