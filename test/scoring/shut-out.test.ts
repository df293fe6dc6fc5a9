import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { defaultLogger } from '@libp2p/logger'
import { MemoryDatastore } from 'datastore-core'
import { Restrictions } from '../../src/index.ts'
import { createMessage } from '../../src/messages/index.ts'
import { parseSubnet } from '../../src/lib/net/index.ts'
import { Messages } from '../messages/support/messages-of.ts'
import { RawPeer } from '../messages/support/raw-peer.ts'
import {
  createOverlayNode,
  createStockNode,
  RawHandshake,
  rawHello,
  until,
  withNodes
} from '../support/overlay-nodes.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'
import type { Libp2p, PeerId } from '@libp2p/interface'

const LOOPBACK = '127.0.0.0/8'
const HOUR_MS = 3_600_000

interface Scene {
  ours: OverlayNode
  stock: Libp2p
  raw: RawPeer
  messages: Messages
  /** Those of the node, to which entries are added here without what else the node does then. */
  restrictions: Restrictions
}

async function facing(run: (scene: Scene) => Promise<void>): Promise<void> {
  const restrictions = new Restrictions({ datastore: new MemoryDatastore(), logger: defaultLogger() })

  await withNodes(
    [createStockNode(), createOverlayNode({ restrictions })],
    async (stock: Libp2p, ours: OverlayNode) => {
      await run({ ours, stock, raw: new RawPeer(stock, ours), messages: new Messages(ours), restrictions })
    }
  )
}

const ways: Array<[string, (restrictions: Restrictions, peer: PeerId) => Promise<unknown>]> = [
  ['a blacklisted peer', async (restrictions, peer) => restrictions.add('blacklisted', peer, 'test')],
  ['a blocked address', async (restrictions) => restrictions.addresses.add(parseSubnet(LOOPBACK), 'test')]
]

for (const [who, shutOut] of ways) {
  describe(`${who} whose connection is still there`, () => {
    it('gets no answer to a Hello', async () => {
      await facing(async ({ ours, stock, restrictions }) => {
        const connection = await stock.dial(ours.getMultiaddrs())

        // a new one would not be let in
        await until('the connection', () => ours.getConnections(stock.peerId).length === 1)
        await shutOut(restrictions, stock.peerId)
        const handshake = await RawHandshake.open(connection)

        await handshake.send(rawHello())
        await until('the stream is over', () => handshake.stream.status !== 'open')
        await assert.rejects(handshake.read())
        assert.deepEqual(ours.services.nebula.links(), [])
      })
    })
  })
}

describe('a blacklisted peer whose link is still there', () => {
  it('is not heard', async () => {
    await facing(async ({ stock, raw, messages, restrictions }) => {
      await raw.link()
      const frames = await raw.stream()
      const send = async (log: string): Promise<void> => {
        await raw.send(createMessage('control', 'overhead', { log }))
        // it acknowledges what it has dealt with
        await frames.read()
      }

      await send('before')
      await restrictions.add('blacklisted', stock.peerId, 'test')
      await send('meanwhile')
      await restrictions.remove('blacklisted', stock.peerId)
      await send('after')
      assert.deepEqual(
        messages.all.map(({ message }) => 'log' in message.fields && message.fields.log),
        ['before', 'after']
      )
    })
  })
})

describe('peers of a blocked address that take no goodbye', () => {
  it('lose their links at once, all of them', async () => {
    const ours = createOverlayNode({ links: { goodbyeTimeout: HOUR_MS } })

    await withNodes(
      [ours, createStockNode(), createStockNode(), createStockNode()],
      async (node: OverlayNode, ...stocks: Libp2p[]) => {
        for (const stock of stocks) {
          await new RawPeer(stock, node).link()
        }

        await until('the links', () => node.services.nebula.links().length === stocks.length)
        node.services.nebula.addToBlacklist(LOOPBACK).catch(() => {})
        await until('none is left', () => node.services.nebula.links().length === 0)
      }
    )
  })
})
