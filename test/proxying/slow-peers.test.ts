import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { encodeDelivery } from '../../protocols/proxy/codec.ts'
import { DEADLINE_GRACE_MS } from '../../src/lib/watchdog.ts'
import { createMessage } from '../../src/messages/index.ts'
import { closed } from '../protocols/message/support/protocol-node.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { until } from '../support/overlay-nodes.ts'
import { PATIENCE_MS } from '../support/patience.ts'
import { facing } from './support/facing.ts'
import { PROXY, RawProxy, readAnswer, silent } from './support/raw-proxy.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'
import type { Stream } from '@libp2p/interface'

const hello = createMessage('control', 'overhead', { log: 'hello' })
const large = createMessage('control', 'overhead', { log: 'x'.repeat(1_000_000) })

/** Of a stream that nothing has been read from. */
const YAMUX_WINDOW_BYTES = 262_144

/** Lets the time for a delivery pass that the proxy waits for. */
async function pass(clock: ManualClock, ms: number, pending: number): Promise<void> {
  await until('the proxy waits', () => clock.pending >= pending)
  await clock.advance(ms + DEADLINE_GRACE_MS)
}

/** How often the node was charged with being slow. */
function charged(node: OverlayNode, { node: { peerId } }: RawProxy): number {
  const { terms } = node.services.nebula.explainScore(peerId)

  // the counter decays while the test runs
  return Math.round(terms.find(({ name }) => name === 'slow')?.counter ?? 0)
}

describe('a slow peer of a proxy', () => {
  it('is charged once for all deliveries that are not there in time, and keeps its link', async () => {
    const clock = new ManualClock()

    await facing({ clock, proxying: { timeout: 300 } }, async (_a, proxy, raw) => {
      const pending = clock.pending
      const streams = [await raw.stream(proxy), await raw.stream(proxy), await raw.stream(proxy)]

      streams[0]?.send(Uint8Array.of(100))
      const ends = streams.map(closed)

      await pass(clock, 300, pending + streams.length)
      await Promise.all(ends)
      assert.equal(charged(proxy, raw), 1)

      const before = clock.pending
      const end = closed(await raw.stream(proxy))

      await pass(clock, 300, before + 1)
      await end
      assert.equal(charged(proxy, raw), 2)
      assert.notEqual(proxy.services.nebula.link(raw.node.peerId), undefined)
    })
  })

  it('is charged when it leaves its side of an answered request open', async () => {
    const clock = new ManualClock()

    await facing({ clock, proxying: { closeTimeout: 200 } }, async (a, proxy, raw) => {
      const pending = clock.pending
      const frames = await raw.open(proxy)

      await frames.send(
        encodeDelivery({ target: a.peerId, envelope: await raw.envelope(hello), timeout: PATIENCE_MS })
      )
      await readAnswer(frames)
      await pass(clock, 200, pending + 1)
      await frames.closed
      assert.equal(charged(proxy, raw), 1)
    })
  })

  it('is charged when it takes nothing of what is delivered to it', async () => {
    const clock = new ManualClock()

    await facing({ clock, proxying: { timeout: 1_000 } }, async (_a, proxy, raw) => {
      const opened = Promise.withResolvers<Stream>()
      const client = await RawProxy.create(await generateKeyPair('Ed25519'))

      await raw.node.handle(PROXY, (stream) => {
        stream.pause()
        opened.resolve(stream)
      })

      try {
        await client.link(proxy)

        const envelope = await client.envelope(large)
        const answer = client.ask(proxy, { target: raw.node.peerId, envelope })
        const stream = await opened.promise

        // all that the proxy may send: from then on it waits
        await until('the window is full', () => stream.readBufferLength >= YAMUX_WINDOW_BYTES)
        await clock.advance(999)
        assert.equal((await answer).status, 'LOST')
        assert.equal(charged(proxy, raw), 1)
        assert.equal(charged(proxy, client), 0)
      } finally {
        await client.node.stop()
      }
    })
  })

  it('is not charged while it waits for the next hop', async () => {
    const clock = new ManualClock()

    await facing({ clock, proxying: { timeout: 300 } }, async (a, proxy, raw) => {
      await raw.answer(silent)
      const failed = assert.rejects(a.services.nebula.sendVia(proxy.peerId, raw.node.peerId, hello), {
        status: 'TIMEOUT'
      })

      await until('it is waited for', () => raw.asked.length === 1)
      await clock.advance(299)
      await failed
      assert.equal(charged(proxy, raw), 0)
    })
  })
})
