/** What a peer must not bring about by handing on, and handing on again, what others have signed. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { signMessage } from '../../protocols/message/index.ts'
import { createMessage } from '../../src/messages/index.ts'
import { decodeWrapper, encodeWrapper } from '../../src/messages/wrapper.ts'
import { createOverlayNode, createStockNode, linkNodes, until, withNodes } from '../support/overlay-nodes.ts'
import { Messages } from './support/messages-of.ts'
import { RawPeer } from './support/raw-peer.ts'
import type { Envelope } from '../../protocols/message/index.ts'
import type { Message } from '../../src/index.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'
import type { Libp2p, PrivateKey } from '@libp2p/interface'

const alive = createMessage('control', 'alive')
const log = createMessage('control', 'overhead', { log: 'once' })
const start = createMessage('federation', 'federation_start')
const marker = createMessage('response', '', { response: 'after' })

async function signed(message: Message, seqno: bigint, key?: PrivateKey): Promise<Envelope> {
  const signer = key ?? (await generateKeyPair('Ed25519'))
  const source = peerIdFromPrivateKey(signer).toString()
  const wrapper = encodeWrapper({ source, message })
  const signature = await signMessage(signer, { federation: 'test', source, seqno, wrapper })

  return { wrapper, seqno, hops: 1, signature: Uint8Array.from(signature) }
}

describe('a peer that hands on messages', () => {
  it('cannot make a node dispatch or pass on twice by flushing what it remembers', async () => {
    const small = { messages: { maxLocalMessages: 20, maxReplayOrigins: 30 } }

    await withNodes(
      [createStockNode(), createStockNode(), createOverlayNode(small), createOverlayNode()],
      async (stock: Libp2p, honest: Libp2p, a: OverlayNode, b: OverlayNode) => {
        const attacker = new RawPeer(stock, a)
        const proxy = new RawPeer(honest, a)
        const [atA, atB] = [new Messages(a), new Messages(b)]

        await linkNodes(a, b)

        for (const raw of [attacker, proxy]) {
          await raw.envelopes()
          await raw.link({ proxy: true })
        }

        const key = await generateKeyPair('Ed25519')
        const made = await Promise.all(
          Array.from({ length: 20 }, async (_, i) => signed(start, BigInt(i) + 1n, key))
        )
        const genuine = await signed(start, 1n)

        await proxy.sendEnvelope(genuine)
        await atA.reach(1)
        // its copy, as an honest neighbour would send it
        await attacker.sendEnvelope(genuine)

        for (const envelope of made) {
          await attacker.sendEnvelope(envelope)
        }

        await atB.reach(21)

        for (let i = 0; i < 60; i++) {
          await attacker.sendEnvelope(await signed(alive, 1n))
        }

        for (const envelope of [genuine, ...made]) {
          await attacker.sendEnvelope(envelope)
        }

        await attacker.send(marker)
        await until('all was judged', () => atA.names.at(-1) === 'response:')
        await a.services.nebula.send(b.peerId, marker)
        await until('what was passed on has come', () => atB.names.at(-1) === 'response:')

        const { terms } = b.services.nebula.explainScore(a.peerId)

        assert.equal(terms.find(({ name }) => name === 'duplicates')?.counter, 0)
        assert.equal(atB.names.filter((name) => name === 'federation:federation_start').length, 21)

        const { source } = decodeWrapper(genuine.wrapper)

        assert.equal(atA.all.filter((message) => String(message.source) === source).length, 1)
      }
    )
  })

  it('cannot hand on what only proxies do unless it is one; a few are free, a flood shuts it out', async () => {
    await withNodes([createStockNode(), createOverlayNode()], async (stock: Libp2p, ours: OverlayNode) => {
      const raw = new RawPeer(stock, ours)
      const messages = new Messages(ours)
      const { nebula } = ours.services
      const envelope = await signed(alive, 1n)

      await raw.link()

      // what is dropped is not verified
      for (let i = 0n; i < 10n; i++) {
        await raw.sendEnvelope({ ...envelope, seqno: i + 2n })
      }

      await raw.send(marker)
      await messages.reach(1)
      assert.deepEqual(messages.names, ['response:'])
      assert.ok(nebula.score(raw.node.peerId) >= 0)

      for (let i = 0n; i < 110n; i++) {
        await raw.sendEnvelope({ ...envelope, seqno: i + 20n }).catch(() => {})
      }

      await until('it is shut out', () => nebula.restrictions()[0]?.kind === 'blacklisted')
      assert.match(nebula.restrictions()[0]?.reason ?? '', /rate/)
    })
  })
})

describe('a message that comes from its origin and by way of a proxy', () => {
  for (const directFirst of [true, false]) {
    it(`is dispatched once when ${directFirst ? 'the origin' : 'the proxy'} is first`, async () => {
      const key = await generateKeyPair('Ed25519')

      await withNodes(
        [createStockNode({ privateKey: key }), createStockNode(), createOverlayNode()],
        async (one: Libp2p, other: Libp2p, ours: OverlayNode) => {
          const [origin, proxy] = [new RawPeer(one, ours), new RawPeer(other, ours)]
          const messages = new Messages(ours)
          const envelope = await signed(log, 5n, key)
          const sends = [
            async () => origin.sendEnvelope({ ...envelope, hops: 0 }),
            async () => proxy.sendEnvelope(envelope)
          ]

          await Promise.all([origin.link(), proxy.link({ proxy: true })])

          for (const send of directFirst ? sends : sends.toReversed()) {
            const before = heard()

            await send()
            await until('it was judged', () => heard() > before)
          }

          await origin.send(marker, undefined, { seqno: 6n })
          await until('it is over', () => messages.names.includes('response:'))
          assert.deepEqual(messages.names, ['control:overhead', 'response:'])

          function heard(): number {
            return [one, other].reduce(
              (sum, { peerId }) => sum + (ours.services.nebula.link(peerId)?.messagesReceived ?? 0),
              0
            )
          }
        }
      )
    })
  }

  it('is taken from its origin however far behind its number is', async () => {
    await withNodes([createStockNode(), createOverlayNode()], async (stock: Libp2p, ours: OverlayNode) => {
      const raw = new RawPeer(stock, ours)
      const messages = new Messages(ours)

      await raw.link()

      for (const seqno of [10_000n, 9_999n, 1n]) {
        await raw.send(log, undefined, { seqno })
      }

      await messages.reach(3)
    })
  })
})
