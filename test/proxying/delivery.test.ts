import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createMessage } from '../../src/messages/index.ts'
import { Messages } from '../messages/support/messages-of.ts'
import { withNodes } from '../support/overlay-nodes.ts'
import { chain, createHiddenNode, createProxy } from './support/nodes.ts'

const hello = createMessage('control', 'alive', { log: 'hello' })
const answer = createMessage('control', 'alive', { log: 'and to you' })

describe('messages to a named peer by way of proxies', () => {
  it('go both ways between two that cannot reach each other', async () => {
    await withNodes([createHiddenNode(), createProxy(), createHiddenNode()], async (a, proxy, b) => {
      const [atA, atProxy, atB] = [new Messages(a), new Messages(proxy), new Messages(b)]

      await chain(a, proxy, b)
      await a.services.nebula.sendVia(proxy.peerId, b.peerId, hello)
      await b.services.nebula.sendVia(proxy.peerId, a.peerId, answer)

      // what is acknowledged has been dispatched
      const [received] = atB.all

      assert.ok(received != null)
      assert.ok(received.source.equals(a.peerId) && received.from.equals(proxy.peerId))
      assert.deepEqual(received.message, hello)
      assert.deepEqual(
        atA.all.map(({ message }) => message),
        [answer]
      )
      assert.deepEqual(atProxy.all, [])
      assert.equal(a.services.nebula.link(b.peerId), undefined)
      assert.deepEqual(a.getConnections(b.peerId), [])
    })
  })

  it('go through two proxies', async () => {
    await withNodes(
      [createHiddenNode(), createProxy(), createProxy(), createHiddenNode()],
      async (a, first, second, b) => {
        const messages = new Messages(b)

        await chain(a, first, second, b)
        await a.services.nebula.sendVia(first.peerId, b.peerId, hello)
        assert.equal(messages.all.length, 1)
        assert.ok(messages.all[0]?.source.equals(a.peerId) && messages.all[0].from.equals(second.peerId))
      }
    )
  })

  it('come once over several ways at the same time', async () => {
    await withNodes(
      [createHiddenNode(), createProxy(), createProxy(), createProxy(), createHiddenNode()],
      async (a, first, left, right, b) => {
        const messages = new Messages(b)

        await chain(a, first, left, b)
        await chain(first, right, b)
        await chain(left, right)

        for (let i = 0; i < 10; i++) {
          await a.services.nebula.sendVia(first.peerId, b.peerId, hello)
          assert.equal(messages.all.length, i + 1)
        }
      }
    )
  })
})
