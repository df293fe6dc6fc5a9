import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { peerIdFromMultihash } from '@libp2p/peer-id'
import { create } from 'multiformats/hashes/digest'
import { MAX_ABSENT_READY_PEERS } from '../../src/links/constants.ts'
import { LinkTable, Readiness } from '../../src/links/index.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { fakeLink } from './support.ts'
import type { LinkCloseReason } from '../../src/index.ts'
import type { PeerId } from '@libp2p/interface'

describe('Readiness', () => {
  let peers: PeerId[]

  before(async () => {
    peers = await Promise.all(Array.from({ length: 4 }, createPeerId))
  })

  function setUp() {
    const [self, a, b, c] = peers as [PeerId, PeerId, PeerId, PeerId]
    const links = new LinkTable(self)
    const announced: string[][] = []
    const readiness = new Readiness({
      links,
      neighbours: { peers: () => links.peers({ onlyDirect: true }) },
      onReady: (neighbours) => {
        announced.push(neighbours.map(String))
      }
    })

    const open = (peer: PeerId, id: string): void => {
      const link = fakeLink(peer, { id })

      links.add(link)
      readiness.opened(link)
      readiness.update()
    }
    const close = (peer: PeerId, id: string, reason: LinkCloseReason): void => {
      readiness.closed(links.remove(peer, id)!, reason)
      readiness.update()
    }

    return { a, b, c, links, readiness, announced, open, close }
  }

  it('is not ready without neighbours, and forgets whoever is not linked', () => {
    const { a, b, links, readiness, announced } = setUp()

    readiness.said(a)
    readiness.update()
    assert.equal(readiness.check(), false)

    links.add(fakeLink(a, { direct: false }))
    readiness.said(a)
    assert.deepEqual(readiness.peers().map(String), [a.toString()])
    assert.equal(readiness.check(), false, 'an undirected link is no neighbour')

    links.add(fakeLink(b))
    readiness.update()
    assert.equal(readiness.check(), false, 'what was said before the link does not count')
    assert.deepEqual(announced, [])
  })

  it('announces once when the last neighbour is ready', () => {
    const { a, b, links, readiness, announced } = setUp()

    links.add(fakeLink(a))
    links.add(fakeLink(b))
    readiness.said(a)
    readiness.said(a)
    assert.deepEqual(announced, [])
    readiness.said(b)
    readiness.said(b)
    readiness.update()
    assert.deepEqual(announced, [[a.toString(), b.toString()]])
  })

  it('is un-ready with a new neighbour, and announces again when that one is ready', () => {
    const { a, b, links, readiness, announced } = setUp()

    links.add(fakeLink(a))
    readiness.said(a)
    links.add(fakeLink(b))
    readiness.update()
    assert.equal(readiness.check(), false)
    readiness.said(b)
    assert.equal(readiness.check(), true)
    assert.equal(announced.length, 2)
  })

  it('is ready when the only neighbour that was not goes away', () => {
    const { a, b, links, readiness, announced } = setUp()

    links.add(fakeLink(a))
    links.add(fakeLink(b))
    readiness.said(a)
    links.remove(b, '1')
    readiness.update()
    assert.deepEqual(announced, [[a.toString()]])

    links.remove(a, '1')
    readiness.update()
    assert.equal(readiness.check(), false)
  })

  const REASONS: Array<[LinkCloseReason, boolean]> = [
    ['connection-lost', true],
    ['send-failed', true],
    ['silent', true],
    ['replaced', true],
    ['inactive', true],
    ['requested', false],
    ['remote', false],
    ['blacklisted', false],
    ['protocol-error', false],
    ['shutting-down', false]
  ]

  for (const [reason, holds] of REASONS) {
    it(`${holds ? 'keeps' : 'forgets'} what a peer said when its link ends with ${reason}`, () => {
      const { a, links, readiness, announced, open, close } = setUp()

      open(a, '1')
      readiness.said(a)
      close(a, '1', reason)
      assert.deepEqual([readiness.check(), readiness.peers()], [false, []])
      open(a, '2')
      assert.deepEqual([readiness.check(), links.get(a)?.ready], [holds, holds])
      assert.equal(announced.length, holds ? 2 : 1)
    })
  }

  it('forgets a peer that is removed before it is back', () => {
    const { a, links, readiness, open, close } = setUp()

    open(a, '1')
    readiness.said(a)
    close(a, '1', 'connection-lost')
    readiness.forget(a)
    open(a, '2')
    assert.equal(links.get(a)?.ready, false)
  })

  it('takes the word of the application for a peer, linked or not', () => {
    const { a, b, readiness, open } = setUp()

    open(a, '1')
    readiness.add(a)
    readiness.add(b)
    assert.deepEqual(readiness.peers(), [a])
    open(b, '1')
    assert.deepEqual(readiness.peers(), [a, b])
    assert.equal(readiness.check(), true)
  })

  it('remembers a bounded number of peers without a link, those that said it last', async () => {
    const { a, b, readiness, open } = setUp()

    readiness.add(a)
    readiness.add(b)

    for (let i = 1; i < MAX_ABSENT_READY_PEERS; i++) {
      readiness.add(madeUpPeer(i))
    }

    open(a, '1')
    open(b, '1')
    assert.deepEqual(readiness.peers(), [b])
  })

  it('does not announce again when a ready undirected link becomes a neighbour', () => {
    const { a, b, links, readiness, announced } = setUp()
    const undirected = fakeLink(b, { direct: false })

    links.add(fakeLink(a))
    links.add(undirected)
    readiness.said(a)
    readiness.said(b)
    undirected.direct = true
    readiness.update()
    assert.equal(readiness.check(), true)
    assert.equal(announced.length, 1)
  })
})

/** A PeerId of which nobody has the key. */
function madeUpPeer(number: number): PeerId {
  const bytes = new Uint8Array(32)

  new DataView(bytes.buffer).setUint32(0, number)

  return peerIdFromMultihash(create(0x12, bytes))
}
