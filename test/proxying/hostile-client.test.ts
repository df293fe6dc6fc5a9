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
import { next, withNodes } from '../support/overlay-nodes.ts'
import { facing, facingOne } from './support/facing.ts'
import { chain, createProxy } from './support/nodes.ts'
import { RawProxy } from './support/raw-proxy.ts'
import type { Envelope } from '../../protocols/message/index.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'

const hello = createMessage('control', 'overhead', { log: 'hello' })
const [stranger, strangersKey] = await keyed()

async function keyed() {
  const key = await generateKeyPair('Ed25519')

  return [peerIdFromPrivateKey(key), key] as const
}

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
    await facingOne(async (a, raw) => {
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
