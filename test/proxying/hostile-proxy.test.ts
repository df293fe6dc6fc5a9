import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { nebula_proxy as pb } from '../../proto/proxy.js'
import { createMessage } from '../../src/messages/index.ts'
import { Messages } from '../messages/support/messages-of.ts'
import { frame } from '../protocols/message/support/envelopes.ts'
import { next, withNodes } from '../support/overlay-nodes.ts'
import { facingOne } from './support/facing.ts'
import { chain, createHiddenNode, createProxy } from './support/nodes.ts'
import { acknowledging, always, RawProxy } from './support/raw-proxy.ts'
import type { Handler } from './support/raw-proxy.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'
import type { Libp2p } from '@libp2p/interface'

const hello = createMessage('control', 'overhead', { log: 'hello' })
const [stranger, strangersKey] = await keyed()

async function keyed() {
  const key = await generateKeyPair('Ed25519')

  return [peerIdFromPrivateKey(key), key] as const
}

describe('a hostile proxy', () => {
  it('is believed when it has the acknowledgement of the target', async () => {
    await facingOne(async (a, raw) => {
      await raw.answer(acknowledging(strangersKey))
      await a.services.nebula.sendVia(raw.node.peerId, stranger, hello)
      assert.deepEqual(a.services.nebula.restrictions(), [])
    })
  })

  const forgeries: Array<[string, (raw: RawProxy) => Handler]> = [
    ['its own', (raw) => acknowledging(raw.key)],
    [
      'one of another number',
      () => acknowledging(strangersKey, (envelope) => ({ ...envelope, seqno: envelope.seqno - 1n }))
    ],
    [
      'one of another message',
      () =>
        acknowledging(strangersKey, (envelope) => ({
          ...envelope,
          wrapper: new Uint8Array([...envelope.wrapper, 0])
        }))
    ],
    ['any bytes', () => always({ status: 'DELIVERED', acknowledgement: new Uint8Array(64).fill(1) })]
  ]

  for (const [what, handler] of forgeries) {
    it(`is charged, and not believed, when it acknowledges with ${what}`, async () => {
      await facingOne(async (a, raw) => {
        const closed = next(a, 'link:close')

        await raw.answer(handler(raw))
        await assert.rejects(a.services.nebula.sendVia(raw.node.peerId, stranger, hello), {
          name: 'ProxyError',
          status: 'FORGED'
        })
        assert.equal((await closed).reason, 'protocol-error')
        // a forgery weighs so much that the score may shut it out as well
        assert.ok(a.services.nebula.restrictions().every(({ peer }) => peer.equals(raw.node.peerId)))
        assert.notEqual(a.services.nebula.restrictions().length, 0)
      })
    })
  }

  it('cannot use the acknowledgement of one message for the next', async () => {
    await facingOne(async (a, raw) => {
      let first: Uint8Array | undefined

      await raw.answer(async (frames, delivery) => {
        if (first != null) {
          await frames.send(first)
          await frames.close()

          return
        }

        const send = frames.send.bind(frames)

        frames.send = async (bytes, options) => {
          first = bytes.subarray()

          return send(bytes, options)
        }
        await acknowledging(strangersKey)(frames, delivery)
      })
      await a.services.nebula.sendVia(raw.node.peerId, stranger, hello)
      await assert.rejects(a.services.nebula.sendVia(raw.node.peerId, stranger, hello), {
        status: 'FORGED'
      })
    })
  })

  const malformed: Array<[string, Uint8Array]> = [
    ['no answer', frame(new Uint8Array([0x0f]))],
    ['an answer without a status', frame(new Uint8Array(0))],
    ['a frame whose length is not minimal', new Uint8Array([0x82, 0x00, 0x08, 0x03])],
    ['a frame that is too long', new Uint8Array([0xff, 0xff, 0xff, 0x7f])],
    ['a second answer', Buffer.concat([frame(new Uint8Array([8, 3])), frame(new Uint8Array([8, 3]))])],
    [
      'an answer that is too large',
      frame(pb.Answer.encode({ status: pb.Status.DELIVERED, acknowledgement: new Uint8Array(1_100) }))
    ]
  ]

  for (const [what, bytes] of malformed) {
    it(`is charged when it sends ${what}`, async () => {
      await facingOne(async (a, raw) => {
        const closed = next(a, 'link:close')

        await raw.node.handle('/nebula/proxy/1.0.0', (stream) => {
          stream.send(bytes)
        })
        await assert.rejects(a.services.nebula.sendVia(raw.node.peerId, stranger, hello), {
          name: 'ProxyError'
        })
        assert.equal((await closed).reason, 'protocol-error')
      })
    })
  }

  it('among others keeps no message from its target, and is charged by the proxy that asked it', async () => {
    const raw = await RawProxy.create(await generateKeyPair('Ed25519'))

    await withNodes(
      [createHiddenNode(), createProxy(), createProxy(), createHiddenNode(), Promise.resolve(raw.node)],
      async (a: OverlayNode, first: OverlayNode, second: OverlayNode, b: OverlayNode, _raw: Libp2p) => {
        const closed = next(first, 'link:close', ({ link }) => link.peer.equals(raw.node.peerId))
        const messages = new Messages(b)

        await raw.answer(acknowledging(raw.key))
        await raw.link(first, { proxy: true })
        await chain(a, first, second, b)
        await a.services.nebula.sendVia(first.peerId, b.peerId, hello)
        assert.equal(messages.all.length, 1)
        assert.equal((await closed).reason, 'protocol-error')
        assert.notEqual(a.services.nebula.link(first.peerId), undefined)
      }
    )
  })

  it('behind an honest one makes a message lost, and no trouble for the honest one', async () => {
    const raw = await RawProxy.create(await generateKeyPair('Ed25519'))

    await withNodes(
      [createHiddenNode(), createProxy(), Promise.resolve(raw.node)],
      async (a: OverlayNode, first: OverlayNode, _raw: Libp2p) => {
        await raw.answer(acknowledging(raw.key))
        await raw.link(first, { proxy: true })
        await chain(a, first)
        await assert.rejects(a.services.nebula.sendVia(first.peerId, stranger, hello), { status: 'LOST' })
        assert.notEqual(a.services.nebula.link(first.peerId), undefined)
        assert.deepEqual(a.services.nebula.restrictions(), [])
      }
    )
  })
})
