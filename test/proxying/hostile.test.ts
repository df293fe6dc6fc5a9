import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { nebula_proxy as pb } from '../../proto/proxy.js'
import { encodeDelivery } from '../../protocols/proxy/codec.ts'
import { createMessage } from '../../src/messages/index.ts'
import { Messages } from '../messages/support/messages-of.ts'
import { frame } from '../protocols/message/support/envelopes.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { createOverlayNode, next, withNodes } from '../support/overlay-nodes.ts'
import { facing } from './support/facing.ts'
import { chain, createHiddenNode, createProxy } from './support/nodes.ts'
import { acknowledging, always, RawProxy } from './support/raw-proxy.ts'
import type { Handler } from './support/raw-proxy.ts'
import type { Envelope } from '../../protocols/message/index.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'
import type { Libp2p } from '@libp2p/interface'

const hello = createMessage('control', 'overhead', { log: 'hello' })
const [stranger, strangersKey] = await keyed()

async function keyed() {
  const key = await generateKeyPair('Ed25519')

  return [peerIdFromPrivateKey(key), key] as const
}

/** A node and a proxy by hand that it has a link with. */
async function hostile(run: (a: OverlayNode, raw: RawProxy) => Promise<void>): Promise<void> {
  const raw = await RawProxy.create(await generateKeyPair('Ed25519'))

  await withNodes([createOverlayNode(), Promise.resolve(raw.node)], async (a: OverlayNode, _raw: Libp2p) => {
    await raw.link(a, { proxy: true })
    await run(a, raw)
  })
}

describe('a hostile proxy', () => {
  it('is believed when it has the acknowledgement of the target', async () => {
    await hostile(async (a, raw) => {
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
      await hostile(async (a, raw) => {
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
    await hostile(async (a, raw) => {
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
      await hostile(async (a, raw) => {
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

describe('a hostile client', () => {
  it('has a message delivered once, however often it hands it over, with the same acknowledgement', async () => {
    await facing({}, async (a, proxy, raw) => {
      const messages = new Messages(a)
      const envelope = await raw.envelope(hello)
      const first = await raw.ask(proxy, { target: a.peerId, envelope })

      assert.equal(first.status, 'DELIVERED')
      // the proxy knows the request
      assert.equal((await raw.ask(proxy, { target: a.peerId, envelope })).status, 'LOOP')

      // and the target the message, whoever brings it
      await withNodes([createProxy()], async (other) => {
        await chain(a, other)
        await raw.link(other)
        assert.deepEqual(await raw.ask(other, { target: a.peerId, envelope }), first)
      })

      assert.equal(messages.all.length, 1)
      assert.ok(messages.all[0]?.source.equals(raw.node.peerId))
    })
  })

  const violations: Array<[string, (raw: RawProxy, a: OverlayNode) => Promise<Uint8Array>]> = [
    ['no delivery', async () => frame(new Uint8Array([0x0f]))],
    ['a delivery to nobody', async (raw) => frame(pb.Delivery.encode({ envelope: await wire(raw) }))],
    ['a delivery of nothing', async (_raw, a) => frame(pb.Delivery.encode({ target: `${a.peerId}` }))],
    ['a frame that is too long', async () => new Uint8Array([0xff, 0xff, 0xff, 0x7f])],
    [
      'two deliveries',
      async (raw, a) => {
        const one = async (): Promise<Uint8Array> => framed(a, await raw.envelope(hello))

        return Buffer.concat([await one(), await one()])
      }
    ],
    [
      'a message that is not signed',
      async (raw, a) => framed(a, await raw.envelope(hello, { signature: new Uint8Array(0) }))
    ],
    [
      'a message that somebody else has signed',
      async (raw, a) =>
        framed(a, {
          ...(await raw.envelope(hello)),
          signature: (await raw.envelope(hello, { key: strangersKey })).signature
        })
    ],
    [
      'a message of somebody else as if that were the client',
      async (raw, a) => framed(a, await raw.envelope(hello, { key: strangersKey }))
    ],
    [
      'what is no message',
      async (raw, a) => framed(a, await raw.envelope(hello, { wrapper: new Uint8Array([0x0f]) }))
    ]
  ]

  for (const [what, make] of violations) {
    it(`is charged when it sends ${what}, and nobody else is`, async () => {
      await facing({}, async (a, proxy, raw) => {
        const messages = new Messages(a)
        const closed = next(proxy, 'link:close')
        const stream = await raw.stream(proxy)

        stream.send(await make(raw, a))
        assert.equal((await closed).reason, 'protocol-error')
        assert.ok(messages.all.length <= (what === 'two deliveries' ? 1 : 0))
        assert.notEqual(a.services.nebula.link(proxy.peerId), undefined)
        assert.equal(proxy.services.nebula.link(raw.node.peerId), undefined)
      })
    })
  }

  it('is charged by the target for what its source has not signed', async () => {
    await hostile(async (a, raw) => {
      const messages = new Messages(a)
      const closed = next(a, 'link:close')
      const envelope = await raw.envelope(hello, {
        key: strangersKey,
        signature: new Uint8Array(64),
        hops: 1
      })

      await assert.rejects(raw.ask(a, { target: a.peerId, envelope }))
      assert.equal((await closed).reason, 'protocol-error')
      assert.deepEqual(messages.all, [])
    })
  })

  it('is not heard without a link', async () => {
    await withNodes([createProxy()], async (proxy) => {
      const raw = await RawProxy.create(await generateKeyPair('Ed25519'))

      try {
        const frames = await raw.open(proxy)

        await frames.send(new Uint8Array([0x0f])).catch(() => {})
        assert.notEqual(await frames.closed, undefined)
        assert.deepEqual(proxy.services.nebula.restrictions(), [])
      } finally {
        await raw.node.stop()
      }
    })
  })

  const refused: Array<
    [string, string, (raw: RawProxy, a: OverlayNode, proxy: OverlayNode) => Promise<pb.Answer>]
  > = [
    [
      'REFUSED',
      'a message to itself',
      async (raw, _a, proxy) =>
        raw.ask(proxy, { target: raw.node.peerId, envelope: await raw.envelope(hello) })
    ],
    [
      'HOPS',
      'a message that was handed on as often as is allowed',
      async (raw, a, proxy) =>
        raw.ask(proxy, { target: a.peerId, envelope: await raw.envelope(hello, { hops: 4 }) })
    ],
    [
      'TIMEOUT',
      'a message that has no time',
      async (raw, a, proxy) =>
        raw.ask(proxy, { target: a.peerId, envelope: await raw.envelope(hello), timeout: 0 })
    ],
    [
      'NOT_LINKED',
      'a message for nobody',
      async (raw, _a, proxy) =>
        raw.ask(proxy, { target: await createPeerId(), envelope: await raw.envelope(hello, { hops: 3 }) })
    ],
    [
      'REFUSED',
      'a message of a kind that the target does not know',
      async (raw, a, proxy) => {
        const source = Buffer.from(`${raw.node.peerId}`)
        const wrapper = new Uint8Array([0x0a, source.byteLength, ...source, 0x62, 0x00])

        return raw.ask(proxy, { target: a.peerId, envelope: await raw.envelope(hello, { wrapper }) })
      }
    ]
  ]

  for (const [status, what, ask] of refused) {
    it(`gets ${status} for ${what}, and keeps its link`, async () => {
      await facing({}, async (a, proxy, raw) => {
        assert.equal((await ask(raw, a, proxy)).status, status)
        assert.notEqual(proxy.services.nebula.link(raw.node.peerId), undefined)
      })
    })
  }
})

async function wire(raw: RawProxy): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = encodeDelivery({ target: stranger, envelope: await raw.envelope(hello), timeout: 1 })

  return pb.Delivery.decode(bytes).envelope
}

function framed(a: OverlayNode, envelope: Envelope): Uint8Array {
  return frame(encodeDelivery({ target: a.peerId, envelope, timeout: 5_000 }))
}
