import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { answerOf } from '../../protocols/proxy/index.ts'
import { createMessage } from '../../src/messages/index.ts'
import { Messages } from '../messages/support/messages-of.ts'
import { until, withNodes } from '../support/overlay-nodes.ts'
import { chain, createHiddenNode, createProxy } from './support/nodes.ts'
import { acknowledging, always, RawProxy } from './support/raw-proxy.ts'

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

  it('are handed back to nobody, and forgotten by the others once one has delivered', async () => {
    const [client, fast, slow] = await Promise.all(
      [0, 1, 2].map(async () => RawProxy.create(await generateKeyPair('Ed25519')))
    )

    assert.ok(client != null && fast != null && slow != null)

    try {
      await withNodes([createProxy({ proxying: { timeout: 120_000 } })], async (proxy) => {
        const over = Promise.withResolvers<void>()
        const targetKey = await generateKeyPair('Ed25519')
        const envelope = await client.envelope(hello)

        for (const raw of [client, fast, slow]) {
          await raw.link(proxy, { proxy: true })
        }

        await slow.answer(async (frames) => {
          await frames.closed
          over.resolve()
        })
        await fast.answer(async (frames, delivery) => {
          await until('the other is asked too', () => slow.asked.length === 1)
          await acknowledging(targetKey)(frames, delivery)
        })
        await client.answer(always(answerOf('BUSY')))

        const { status } = await client.ask(proxy, { target: peerIdFromPrivateKey(targetKey), envelope })

        assert.equal(status, 'DELIVERED')
        await over.promise
        assert.deepEqual([client.asked.length, fast.asked.length, slow.asked.length], [0, 1, 1])

        // nor to who has handed it on for its source
        const passedOn = await fast.envelope(hello, { hops: 1 })

        await client.ask(proxy, { target: peerIdFromPrivateKey(targetKey), envelope: passedOn, timeout: 500 })
        assert.equal(client.asked.length, 0)
        // and its source is not asked either
        assert.equal(fast.asked.length, 1)
      })
    } finally {
      await Promise.all([client, fast, slow].map(async ({ node }) => node.stop()))
    }
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
