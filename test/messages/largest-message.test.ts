import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { MAX_HOPS_BYTES, MAX_MESSAGE_BYTES } from '../../protocols/message/limits.ts'
import { encodeEnvelope } from '../../protocols/message/index.ts'
import { createMessage } from '../../src/messages/index.ts'
import { chain, createHiddenNode, createProxy } from '../proxying/support/nodes.ts'
import { RawProxy } from '../proxying/support/raw-proxy.ts'
import { createOverlayNode, linkNodes, until, withNodes } from '../support/overlay-nodes.ts'
import { Messages } from './support/messages-of.ts'
import { RawPeer } from './support/raw-peer.ts'
import type { Envelope } from '../../protocols/message/index.ts'
import type { Message, NebulaInit } from '../../src/index.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'
import type { Libp2p } from '@libp2p/interface'

/** The sizes at the limit, and whether a source may send such an envelope, and another node pass it on. */
const SIZES = [
  { bytes: MAX_MESSAGE_BYTES - 3, sent: true, fits: true },
  { bytes: MAX_MESSAGE_BYTES - 2, sent: false, fits: true },
  { bytes: MAX_MESSAGE_BYTES - 1, sent: false, fits: false },
  { bytes: MAX_MESSAGE_BYTES, sent: false, fits: false }
]

/** Takes all that the tests send within a second. */
const ROOMY: NebulaInit = { proxying: { maxBytesPerSecond: 16 * MAX_MESSAGE_BYTES } }

/** A message that every node passes on, of which the signed envelope has exactly so many bytes. */
async function messageOf(bytes: number, writer: RawProxy): Promise<Message> {
  const padded = (length: number): Message =>
    createMessage('federation', 'federation_start', { arguments: ['x'.repeat(length)] })
  const guess = bytes - 1_000
  // PeerIds, numbers and signatures of all sources here have the same length
  const { byteLength } = encodeEnvelope(await writer.envelope(padded(guess)))

  return padded(guess + bytes - byteLength)
}

async function withWriter(run: (writer: RawProxy) => Promise<void>): Promise<void> {
  const writer = await RawProxy.create(await generateKeyPair('Ed25519'))

  await withNodes([Promise.resolve(writer.node)], async (_node: Libp2p) => run(writer))
}

describe('the largest message', () => {
  it('leaves a source only if every node could pass it on', async () => {
    await withWriter(async (writer) => {
      await withNodes(
        [createOverlayNode(), createOverlayNode(), createOverlayNode()],
        async (a: OverlayNode, middle: OverlayNode, b: OverlayNode) => {
          const [there, beyond] = [new Messages(middle), new Messages(b)]

          await linkNodes(a, middle)
          await linkNodes(middle, b)

          for (const { bytes, sent } of SIZES) {
            const message = await messageOf(bytes, writer)
            const sending = a.services.nebula.send(middle.peerId, message)

            if (sent) {
              await sending
              await beyond.reach(1)
            } else {
              await assert.rejects(sending, {
                name: 'MessageTooLargeError',
                byteLength: bytes,
                limit: MAX_MESSAGE_BYTES - MAX_HOPS_BYTES
              })
            }
          }

          assert.deepEqual([there.all.length, beyond.all.length], [1, 1])
        }
      )
    })
  })

  it('is delivered by way of a proxy under the same limit', async () => {
    await withWriter(async (writer) => {
      await withNodes(
        [createHiddenNode(), createProxy(ROOMY), createHiddenNode(ROOMY)],
        async (a: OverlayNode, proxy: OverlayNode, b: OverlayNode) => {
          await chain(a, proxy, b)

          for (const { bytes, sent } of SIZES) {
            const message = await messageOf(bytes, writer)
            const sending = a.services.nebula.sendVia(proxy.peerId, b.peerId, message)

            await (sent ? sending : assert.rejects(sending, { name: 'MessageTooLargeError' }))
          }
        }
      )
    })
  })

  it('of a source that leaves no room is taken, and passed on where it fits', async () => {
    await withWriter(async (writer) => {
      await withNodes(
        [createOverlayNode(), createOverlayNode()],
        async (middle: OverlayNode, b: OverlayNode) => {
          const raw = new RawPeer(writer.node, middle)
          const [there, beyond] = [new Messages(middle), new Messages(b)]

          await linkNodes(middle, b)
          await raw.link()

          for (const { bytes } of SIZES) {
            await raw.sendEnvelope(await writer.envelope(await messageOf(bytes, writer)))
          }

          // what comes last is passed on last
          await raw.sendEnvelope(await writer.envelope(createMessage('federation', 'federation_start')))
          await there.reach(SIZES.length + 1)
          await beyond.reach(SIZES.filter(({ fits }) => fits).length + 1)
          assert.equal(beyond.all.length, SIZES.filter(({ fits }) => fits).length + 1)
          assert.ok(middle.services.nebula.score(writer.node.peerId) >= 0)
          assert.ok(b.services.nebula.score(middle.peerId) >= 0)
        }
      )
    })
  })

  it('of a client that leaves no room is handed on where it fits, and is TOO_LARGE else', async () => {
    await withWriter(async (writer) => {
      await withNodes(
        [createProxy(ROOMY), createHiddenNode(ROOMY)],
        async (proxy: OverlayNode, b: OverlayNode) => {
          await chain(proxy, b)
          await writer.link(proxy)
          await until('the proxy has both', () => proxy.services.nebula.links().length === 2)

          const ask = async (envelope: Envelope): Promise<string> =>
            (await writer.ask(proxy, { target: b.peerId, envelope })).status

          for (const { bytes, fits } of [...SIZES, { bytes: MAX_MESSAGE_BYTES + 1, fits: false }]) {
            assert.equal(
              await ask(await writer.envelope(await messageOf(bytes, writer))),
              fits ? 'DELIVERED' : 'TOO_LARGE',
              `${bytes} bytes`
            )
          }
        }
      )
    })
  })
})
