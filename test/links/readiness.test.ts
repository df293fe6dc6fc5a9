import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { LinkTable, Readiness } from '../../src/links/index.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { fakeLink } from './support.ts'
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
      onReady: (neighbours) => {
        announced.push(neighbours.map(String))
      }
    })

    return { a, b, c, links, readiness, announced }
  }

  it('is not ready without neighbours, and forgets whoever is not linked', () => {
    const { a, b, links, readiness, announced } = setUp()

    readiness.add(a)
    readiness.update()
    assert.equal(readiness.check(), false)

    links.add(fakeLink(a, { direct: false }))
    readiness.add(a)
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
    readiness.add(a)
    readiness.add(a)
    assert.deepEqual(announced, [])
    readiness.add(b)
    readiness.add(b)
    readiness.update()
    assert.deepEqual(announced, [[a.toString(), b.toString()]])
  })

  it('is un-ready with a new neighbour, and announces again when that one is ready', () => {
    const { a, b, links, readiness, announced } = setUp()

    links.add(fakeLink(a))
    readiness.add(a)
    links.add(fakeLink(b))
    readiness.update()
    assert.equal(readiness.check(), false)
    readiness.add(b)
    assert.equal(readiness.check(), true)
    assert.equal(announced.length, 2)
  })

  it('is ready when the only neighbour that was not goes away', () => {
    const { a, b, links, readiness, announced } = setUp()

    links.add(fakeLink(a))
    links.add(fakeLink(b))
    readiness.add(a)
    links.remove(b, '1')
    readiness.update()
    assert.deepEqual(announced, [[a.toString()]])

    links.remove(a, '1')
    readiness.update()
    assert.equal(readiness.check(), false)
  })

  it('takes the word of a link for that link only', () => {
    const { a, links, readiness, announced } = setUp()

    links.add(fakeLink(a, { id: '1' }))
    readiness.add(a)
    links.remove(a, '1')
    readiness.update()
    links.add(fakeLink(a, { id: '2' }))
    readiness.update()
    assert.deepEqual([readiness.check(), readiness.peers()], [false, []])
    readiness.add(a)
    assert.equal(announced.length, 2)
  })

  it('does not announce again when a ready undirected link becomes a neighbour', () => {
    const { a, b, links, readiness, announced } = setUp()
    const undirected = fakeLink(b, { direct: false })

    links.add(fakeLink(a))
    links.add(undirected)
    readiness.add(a)
    readiness.add(b)
    undirected.direct = true
    readiness.update()
    assert.equal(readiness.check(), true)
    assert.equal(announced.length, 1)
  })
})
