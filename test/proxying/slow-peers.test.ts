import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { encodeDelivery } from '../../protocols/proxy/codec.ts'
import { createMessage } from '../../src/messages/index.ts'
import { closed } from '../protocols/message/support/protocol-node.ts'
import { until } from '../support/overlay-nodes.ts'
import { facing } from './support/facing.ts'
import { PROXY, RawProxy, silent } from './support/raw-proxy.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'

const hello = createMessage('control', 'overhead', { log: 'hello' })
const large = createMessage('control', 'overhead', { log: 'x'.repeat(1_000_000) })

/** How often the node was charged with being slow. */
function charged(node: OverlayNode, { node: { peerId } }: RawProxy): number {
  const { terms } = node.services.nebula.explainScore(peerId)

  // the counter decays while the test runs
  return Math.round(terms.find(({ name }) => name === 'slow')?.counter ?? 0)
}

describe('a slow peer of a proxy', () => {
  it('is charged once for all deliveries that are not there in time, and keeps its link', async () => {
    await facing({ proxying: { timeout: 300 } }, async (_a, proxy, raw) => {
      const streams = [await raw.stream(proxy), await raw.stream(proxy), await raw.stream(proxy)]

      streams[0]?.send(Uint8Array.of(100))
      await Promise.all(streams.map(closed))
      assert.equal(charged(proxy, raw), 1)

      await closed(await raw.stream(proxy))
      assert.equal(charged(proxy, raw), 2)
      assert.notEqual(proxy.services.nebula.link(raw.node.peerId), undefined)
    })
  })

  it('is charged when it leaves its side of an answered request open', async () => {
    await facing({ proxying: { closeTimeout: 200 } }, async (a, proxy, raw) => {
      const frames = await raw.open(proxy)

      await frames.send(
        encodeDelivery({ target: a.peerId, envelope: await raw.envelope(hello), timeout: 5_000 })
      )
      await frames.closed
      assert.equal(charged(proxy, raw), 1)
    })
  })

  it('is charged when it takes nothing of what is delivered to it', async () => {
    await facing({ proxying: { timeout: 1_000 } }, async (_a, proxy, raw) => {
      const client = await RawProxy.create(await generateKeyPair('Ed25519'))

      await raw.node.handle(PROXY, (stream) => stream.pause())

      try {
        await client.link(proxy)

        const envelope = await client.envelope(large)
        const { status } = await client.ask(proxy, { target: raw.node.peerId, envelope })

        assert.equal(status, 'LOST')
        assert.equal(charged(proxy, raw), 1)
        assert.equal(charged(proxy, client), 0)
      } finally {
        await client.node.stop()
      }
    })
  })

  it('is not charged while it waits for the next hop', async () => {
    await facing({ proxying: { timeout: 300 } }, async (a, proxy, raw) => {
      await raw.answer(silent)
      await assert.rejects(a.services.nebula.sendVia(proxy.peerId, raw.node.peerId, hello), {
        status: 'TIMEOUT'
      })
      await until('it is over', () => raw.asked.length === 1)
      assert.equal(charged(proxy, raw), 0)
    })
  })
})
