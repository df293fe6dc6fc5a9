/** What a proxy answers last, to an asker by hand that throws away what it has not read when a stream is reset. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { decodeAnswer, encodeDelivery } from '../../protocols/proxy/codec.ts'
import { createMessage } from '../../src/messages/index.ts'
import { discardingMuxer } from '../support/discarding-muxer.ts'
import { createOverlayNode, createStockNode, until, withNodes } from '../support/overlay-nodes.ts'
import { PATIENCE_MS } from '../support/patience.ts'
import { PROXY, RawProxy } from './support/raw-proxy.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'
import type { Libp2p } from '@libp2p/interface'

/** Long enough for the node to do, before the asker reads, what could lose the answer. */
const READ_AFTER_MS = 1_000

/** Longer than the asker takes to read. */
const CLOSE_TIMEOUT_MS = 3_000

describe('the last answer of a proxy', () => {
  it('arrives although the link is closed right after it, and the asker keeps its side open', async () => {
    const losses: number[] = []
    const key = await generateKeyPair('Ed25519')
    const asker = createStockNode({
      privateKey: key,
      streamMuxers: [discardingMuxer((bytes) => losses.push(bytes), READ_AFTER_MS)]
    })
    const node = createOverlayNode({ proxying: { closeTimeout: CLOSE_TIMEOUT_MS } })

    await withNodes([asker, node], async (stock: Libp2p, overlay: OverlayNode) => {
      const raw = new RawProxy(stock, key)

      await raw.link(overlay)

      const frames = await raw.open(overlay)
      const envelope = await raw.envelope(createMessage('control', 'overhead'))
      // the side stays open
      await frames.send(encodeDelivery({ target: overlay.peerId, envelope, timeout: PATIENCE_MS }))
      await until('the node has answered', () =>
        overlay
          .getConnections()
          .flatMap(({ streams }) => streams)
          .some(({ protocol, writeStatus }) => protocol === PROXY && writeStatus !== 'writable')
      )
      await overlay.services.nebula.disconnect(stock.peerId, { mutual: false })

      const answer = await frames.read()

      assert.ok(answer != null)
      assert.equal(decodeAnswer(answer).status, 'DELIVERED')
      assert.deepEqual(losses, [])

      // an asker that never ends its side loses the stream all the same
      assert.equal((await frames.closed)?.name, 'StreamResetError')
    })
  })
})
