import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { LinkTable, Neighbours, Reconnecting } from '../../src/links/index.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { fakeLink } from './support.ts'
import type { NeighboursInit } from '../../src/links/neighbours.ts'
import type { PeerId } from '@libp2p/interface'

describe('Neighbours', () => {
  let self: PeerId
  let peer: PeerId

  before(async () => {
    self = await createPeerId()
    peer = await createPeerId()
  })

  function setUp(neighbourLoss?: NeighboursInit['neighbourLoss']) {
    const links = new LinkTable(self)
    const told: string[] = []
    const state = { dialled: true, hopeful: true }
    const reconnecting = new Reconnecting({
      links,
      isDialled: () => state.dialled,
      isHopeful: () => state.hopeful,
      onChange: (link) => neighbours.update(link.peer)
    })
    const neighbours = new Neighbours(
      { links, reconnecting },
      {
        neighbourLoss,
        onChange: ({ added, neighbours: all }) => told.push(`${added ? '+' : '-'}${all.length}`)
      }
    )
    let id = 0

    const open = async (direct = true): Promise<void> => {
      links.add(fakeLink(peer, { id: String(++id), direct }))
      reconnecting.check(peer)
      neighbours.update(peer)
      await Promise.resolve()
    }
    const lose = async (): Promise<void> => {
      reconnecting.add(links.remove(peer, String(id))!)
      neighbours.update(peer)
      await Promise.resolve()
    }
    const check = async (): Promise<void> => {
      reconnecting.check(peer)
      await Promise.resolve()
    }

    return { links, told, state, reconnecting, neighbours, open, lose, check }
  }

  it('are told nothing of a loss that heals', async () => {
    const { told, reconnecting, open, lose } = setUp()

    await open()
    await lose()
    assert.equal(reconnecting.links().length, 1)
    await open()
    assert.deepEqual([told, reconnecting.links()], [['+1'], []])
  })

  it('are told at once where it is asked for', async () => {
    const { told, reconnecting, open, lose } = setUp('at-once')

    await open()
    await lose()
    assert.deepEqual([told, reconnecting.links().length], [['+1', '-0'], 1])
    await open()
    assert.deepEqual(told, ['+1', '-0', '+1'])
  })

  it('are told when the peer is given up, though it may be dialled still', async () => {
    const { told, state, reconnecting, open, lose, check } = setUp()

    await open()
    await lose()
    state.hopeful = false
    await check()
    assert.deepEqual([told, reconnecting.links().length], [['+1', '-0'], 1])
    state.dialled = false
    await check()
    assert.deepEqual([told, reconnecting.links()], [['+1', '-0'], []])
  })

  it('are told at once of a loss that no part heals', async () => {
    const { told, state, reconnecting, open, lose } = setUp()

    state.dialled = false
    await open()
    await lose()
    assert.deepEqual([told, reconnecting.links()], [['+1', '-0'], []])
  })

  it('are told at once when the link is no longer wanted', async () => {
    const { told, reconnecting, open, lose } = setUp()

    await open()
    await lose()
    reconnecting.forget(peer)
    assert.deepEqual(told, ['+1', '-0'])
  })

  it('are told nothing while a link that is back is not yet direct, even where it is lost again', async () => {
    const { told, reconnecting, open, lose } = setUp()

    await open()
    await lose()
    await open(false)
    assert.deepEqual(reconnecting.links(), [], 'there is a link')
    await lose()
    assert.deepEqual([told, reconnecting.links().length], [['+1'], 1])
    await open()
    assert.deepEqual(told, ['+1'])
  })

  it('do not come from undirected links', async () => {
    const { told, reconnecting, open, lose } = setUp()

    await open(false)
    await lose()
    assert.equal(reconnecting.links().length, 1)
    await open(false)
    assert.deepEqual([told, reconnecting.links()], [[], []])
  })
})
