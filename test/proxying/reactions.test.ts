import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createMessage } from '../../src/messages/index.ts'
import { Messages } from '../messages/support/messages-of.ts'
import { createOverlayNode, has, next, until, withNodes } from '../support/overlay-nodes.ts'
import { chain, createHiddenNode, createProxy } from './support/nodes.ts'

describe('what the overlay does on messages that come by way of a proxy', () => {
  it('is nothing for a source that it has no link with, whoever the proxy is', async () => {
    await withNodes(
      [createHiddenNode(), createProxy(), createHiddenNode(), createOverlayNode()],
      async (a, proxy, b, other) => {
        const { nebula } = a.services
        const messages = new Messages(b)

        await chain(a, proxy)
        await b.services.nebula.connect(proxy.getMultiaddrs(), { direct: true })
        await b.services.nebula.connect(other.getMultiaddrs(), { direct: true })

        const orders = [
          createMessage('link', 'disconnect_from', { addrs: other.peerId.toString() }),
          createMessage('link', 'connect_to', { addrs: String(other.getMultiaddrs()[0]) }),
          createMessage('federation', 'federation_ready'),
          createMessage('discovery', 'discover', { latitude: 1, longitude: 2 }),
          createMessage('connection', 'disconnect')
        ]

        for (const order of orders) {
          await nebula.sendVia(proxy.peerId, b.peerId, order)
        }

        // the application is told all the same
        assert.equal(messages.all.length, orders.length)
        assert.ok(has(b, other.peerId) && has(b, proxy.peerId))
        assert.deepEqual(b.services.nebula.readyPeers(), [])
        assert.equal(b.services.nebula.link(proxy.peerId)?.location, undefined)
      }
    )
  })

  it('is what the source, not the proxy, may ask for when it is linked as well', async () => {
    await withNodes(
      [
        createOverlayNode(),
        createProxy(),
        createOverlayNode({ links: { acceptLinkMessages: 'trust-all' } }),
        createOverlayNode()
      ],
      async (a, proxy, b, other) => {
        const { nebula } = a.services

        await chain(a, proxy, b)
        await nebula.connect(b.getMultiaddrs(), { direct: true })
        await other.services.nebula.connect(b.getMultiaddrs(), { direct: true })
        await until('b has its links', () => has(b, a.peerId) && has(b, other.peerId))

        await nebula.sendVia(proxy.peerId, b.peerId, createMessage('federation', 'federation_ready'))
        assert.deepEqual(b.services.nebula.readyPeers().map(String), [a.peerId.toString()])

        const closed = next(b, 'link:close', ({ link }) => link.peer.equals(other.peerId))
        const order = createMessage('link', 'disconnect_from', { addrs: other.peerId.toString() })

        await nebula.sendVia(proxy.peerId, b.peerId, order)
        await closed
        assert.ok(has(b, a.peerId) && has(b, proxy.peerId))
      }
    )
  })

  it('is to pass on the start of the federation, and nothing else', async () => {
    await withNodes(
      [createHiddenNode(), createProxy(), createHiddenNode(), createOverlayNode()],
      async (a, proxy, b, neighbour) => {
        const messages = new Messages(neighbour)

        await chain(a, proxy, b)
        await b.services.nebula.connect(neighbour.getMultiaddrs(), { direct: true })
        await a.services.nebula.sendVia(
          proxy.peerId,
          b.peerId,
          createMessage('federation', 'federation_models_included')
        )
        await a.services.nebula.sendVia(
          proxy.peerId,
          b.peerId,
          createMessage('federation', 'federation_start')
        )
        await messages.reach(1)
        assert.deepEqual(messages.names, ['federation:federation_start'])
        assert.ok(messages.all[0]?.source.equals(a.peerId) && messages.all[0].from.equals(b.peerId))
      }
    )
  })

  it('counts as activity of the links with the proxy at both ends', async () => {
    await withNodes([createHiddenNode(), createProxy(), createHiddenNode()], async (a, proxy, b) => {
      await chain(a, proxy, b)
      await a.services.nebula.sendVia(proxy.peerId, b.peerId, createMessage('control', 'overhead'))
      assert.ok((a.services.nebula.link(proxy.peerId)?.messagesSent ?? 0) >= 1)
      assert.ok((proxy.services.nebula.link(a.peerId)?.messagesReceived ?? 0) >= 1)
      assert.ok((proxy.services.nebula.link(b.peerId)?.messagesSent ?? 0) >= 1)
      assert.ok((b.services.nebula.link(proxy.peerId)?.messagesReceived ?? 0) >= 1)
    })
  })
})
