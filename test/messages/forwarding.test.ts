import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { signMessage } from '../../protocols/message/index.ts'
import { createMessage } from '../../src/messages/index.ts'
import { createNode } from '../../src/node/index.ts'
import { encodeWrapper } from '../../src/messages/wrapper.ts'
import { createOverlayNode, createStockNode, has, next, until, withNodes } from '../support/overlay-nodes.ts'
import { Messages } from './support/messages-of.ts'
import { RawPeer } from './support/raw-peer.ts'
import type { Envelope } from '../../protocols/message/index.ts'
import type { Message, NebulaInit } from '../../src/index.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'
import type { Libp2p } from '@libp2p/interface'

const alive = createMessage('control', 'alive')
const start = createMessage('federation', 'federation_start')
const ready = createMessage('federation', 'federation_ready')
const marker = createMessage('response', '', { response: 'after' })

/** Direct links between the nodes of the given places. */
async function link(nodes: OverlayNode[], pairs: Array<[number, number]>): Promise<void> {
  for (const [from, to] of pairs) {
    const [a, b] = [nodes[from], nodes[to]]

    assert.ok(a != null && b != null)
    await a.services.nebula.connect(b.getMultiaddrs())
    await until('both have the link', () => has(a, b.peerId) && has(b, a.peerId))
  }
}

async function mesh(
  inits: NebulaInit[],
  pairs: Array<[number, number]>,
  run: (nodes: OverlayNode[], messages: Messages[]) => Promise<void>
): Promise<void> {
  await withNodes(
    inits.map(async (init) => createOverlayNode(init)),
    async (...nodes: OverlayNode[]) => {
      await link(nodes, pairs)
      await run(
        nodes,
        nodes.map((node) => new Messages(node))
      )
    }
  )
}

const plain: NebulaInit = {}
const proxy: NebulaInit = { proxy: true }

describe('forwarding between real nodes', () => {
  it('takes the start of the federation to the end of a line, once, and nothing else', async () => {
    const line: Array<[number, number]> = [
      [0, 1],
      [1, 2],
      [2, 3]
    ]

    await mesh([plain, plain, plain, plain], line, async ([first], messages) => {
      assert.ok(first != null)
      await first.services.nebula.sendToNeighbours(alive)
      await first.services.nebula.sendToNeighbours(start)
      await messages[3]?.reach(1)
      assert.deepEqual(
        messages.map(({ names }) => names),
        [
          [],
          ['control:alive', 'federation:federation_start'],
          ['federation:federation_start'],
          ['federation:federation_start']
        ]
      )

      const [received] = messages[3]?.all ?? []

      assert.ok(received?.source.equals(first.peerId) === true)
      assert.ok(!received.from.equals(first.peerId))
    })
  })

  it('dispatches each message once where it comes over many paths, and tells of the others', async () => {
    const ring: Array<[number, number]> = [
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 0],
      [0, 2]
    ]

    await mesh([plain, plain, plain, plain], ring, async (nodes, messages) => {
      const [first] = nodes
      let duplicates = 0

      nodes.forEach((node) => node.services.nebula.addEventListener('message:duplicate', () => duplicates++))
      assert.ok(first != null)
      await first.services.nebula.sendToNeighbours(start)
      // 1, 2 and 3 get it from 0; then 1 and 3 send to 2, and 2 to 1 and 3
      await until('all copies have come', () => duplicates === 4)
      assert.deepEqual(
        messages.map(({ names }) => names.length),
        [0, 1, 1, 1]
      )

      // said again, it is another message
      await first.services.nebula.sendToNeighbours(start)
      await until('it came again', () => messages[1]?.names.length === 2 && messages[3]?.names.length === 2)
    })
  })

  it('goes through a proxy whatever it is, and readiness counts for who wrote it', async () => {
    await mesh(
      [plain, proxy, plain],
      [
        [0, 1],
        [1, 2],
        [0, 2]
      ],
      async (nodes, messages) => {
        const [a, , c] = nodes

        assert.ok(a != null && c != null)
        await a.services.nebula.send(nodes[1]?.peerId ?? a.peerId, ready)
        await messages[2]?.reach(1)
        await until('a is ready at c', () => c.services.nebula.readyPeers().length === 1)
        assert.ok(c.services.nebula.readyPeers()[0]?.equals(a.peerId))
      }
    )
  })

  it('takes past a proxy what the list of that proxy says, and what every node passes on', async () => {
    const listing: NebulaInit = { proxy: true, forwarding: { types: ['response'] } }
    const line: Array<[number, number]> = [
      [0, 1],
      [1, 2]
    ]

    await mesh([plain, listing, plain], line, async ([first], messages) => {
      assert.ok(first != null)

      for (const message of [ready, marker, start]) {
        await first.services.nebula.sendToNeighbours(message)
      }

      await messages[2]?.reach(2)
      assert.deepEqual(messages[2]?.names, ['response:', 'federation:federation_start'])
    })
  })

  it('does not begin with a list that has messages which are for their link', async () => {
    for (const type of ['control', 'connection'] as const) {
      await assert.rejects(createOverlayNode({ forwarding: { types: [type] } }), {
        name: 'InvalidParametersError',
        message: /never passed on/
      })
      await assert.rejects(createNode({ forwarding: { types: [type as 'model'] } }), {
        name: 'ConfigError',
        message: /forwarding.types.*never passed on/s
      })
    }
  })

  it('takes what is meant to travel past proxies, and no keepalive', async () => {
    const line: Array<[number, number]> = [
      [0, 1],
      [1, 2],
      [2, 3]
    ]

    await mesh([proxy, proxy, proxy, proxy], line, async ([first], messages) => {
      assert.ok(first != null)

      for (const message of [alive, marker, ready]) {
        await first.services.nebula.sendToNeighbours(message)
      }

      await messages[3]?.reach(1)
      assert.deepEqual(
        messages.map(({ names }) => names),
        [
          [],
          ['control:alive', 'response:', 'federation:federation_ready'],
          ['federation:federation_ready'],
          ['federation:federation_ready']
        ]
      )
    })
  })

  it('goes no further than the hop limit', async () => {
    const limited: NebulaInit = { proxy: true, forwarding: { maxHops: 1 } }

    await mesh(
      [plain, limited, limited, plain],
      [
        [0, 1],
        [1, 2],
        [2, 3]
      ],
      async (nodes, messages) => {
        await nodes[0]?.services.nebula.sendToNeighbours(ready)
        await messages[2]?.reach(1)
        await nodes[2]?.services.nebula.sendToNeighbours(marker)
        await messages[3]?.reach(1)
        assert.deepEqual(messages[3]?.names, ['response:'])
      }
    )
  })

  it('is off in a centralised federation', async () => {
    const centralised: NebulaInit = { proxy: true, forwarding: { centralised: true } }

    await mesh(
      [plain, centralised, plain],
      [
        [0, 1],
        [1, 2]
      ],
      async (nodes, messages) => {
        await nodes[0]?.services.nebula.sendToNeighbours(start)
        await messages[1]?.reach(1)
        await nodes[1]?.services.nebula.sendToNeighbours(marker)
        await messages[2]?.reach(1)
        assert.deepEqual(messages[2]?.names, ['response:'])
      }
    )
  })
})

/** A message of an origin that is not linked, as a peer that passes it on would send it. */
async function signed(
  message: Message,
  change: Partial<Envelope> & { federation?: string } = {}
): Promise<Partial<Envelope>> {
  const key = await generateKeyPair('Ed25519')
  const source = peerIdFromPrivateKey(key).toString()
  const { federation = 'test', ...envelope } = change
  const wrapper = encodeWrapper({ source, message })
  const signature = await signMessage(key, { federation, source, seqno: 5n, wrapper })

  return { wrapper, seqno: 5n, hops: 1, signature: Uint8Array.from(signature), ...envelope }
}

async function facing(
  run: (raw: RawPeer, ours: OverlayNode, messages: Messages) => Promise<void>
): Promise<void> {
  await withNodes([createStockNode(), createOverlayNode()], async (stock: Libp2p, ours: OverlayNode) => {
    const raw = new RawPeer(stock, ours)

    await raw.link({ proxy: true })
    await run(raw, ours, new Messages(ours))
  })
}

describe('messages that a peer passes on', () => {
  it('are taken when their origin has signed them, and once', async () => {
    await facing(async (raw, ours, messages) => {
      const envelope = await signed(alive)
      const duplicate = next(ours, 'message:duplicate')

      await raw.sendEnvelope(envelope)
      await messages.reach(1)
      assert.ok(!messages.all[0]?.source.equals(raw.node.peerId))
      await raw.sendEnvelope(envelope)
      await duplicate
      await raw.sendEnvelope({ ...envelope, hops: 2 })
      await raw.send(marker)
      await messages.reach(2)
      assert.deepEqual(messages.names, ['control:alive', 'response:'])
    })
  })

  it('are not passed on to those who sent or wrote them', async () => {
    await facing(async (raw, ours) => {
      const envelopes = await raw.envelopes()

      await raw.sendEnvelope(await signed(start))
      await until(
        'it was taken',
        () => (ours.services.nebula.link(raw.node.peerId)?.messagesReceived ?? 0) === 1
      )
      await ours.services.nebula.send(raw.node.peerId, marker)
      assert.equal((await envelopes.next()).hops, 0)
    })
  })

  for (const [name, change] of [
    ['for another federation', { federation: 'other' }],
    ['for another number', { seqno: 6n }],
    ['with a signature of nothing', { signature: new Uint8Array(64) }],
    ['with no signature', { signature: new Uint8Array(0) }],
    ['with a signature of the wrong size', { signature: new Uint8Array(63) }]
  ] as const) {
    it(`are a violation when they are signed ${name}`, async () => {
      await facing(async (raw, ours, messages) => {
        const closed = next(ours, 'link:close')

        await raw.sendEnvelope(await signed(alive, change))
        assert.equal((await closed).reason, 'protocol-error')
        assert.deepEqual(messages.names, [])
      })
    })
  }

  it('are dropped when their origin is blacklisted', async () => {
    await facing(async (raw, ours, messages) => {
      const key = await generateKeyPair('Ed25519')
      const origin = peerIdFromPrivateKey(key)
      const wrapper = encodeWrapper({ source: origin.toString(), message: alive })
      const signature = await signMessage(key, {
        federation: 'test',
        source: origin.toString(),
        seqno: 1n,
        wrapper
      })

      await ours.services.nebula.addToBlacklist(origin)
      await raw.sendEnvelope({ wrapper, seqno: 1n, hops: 1, signature: Uint8Array.from(signature) })
      await raw.send(marker)
      await messages.reach(1)
      assert.deepEqual(messages.names, ['response:'])
    })
  })

  it('cannot be suppressed by a forged copy that comes first', async () => {
    await withNodes(
      [createStockNode(), createStockNode(), createOverlayNode()],
      async (liar: Libp2p, honest: Libp2p, ours: OverlayNode) => {
        const [bad, good] = [new RawPeer(liar, ours), new RawPeer(honest, ours)]
        const messages = new Messages(ours)
        const envelope = await signed(start)

        await Promise.all([bad.link(), good.link()])

        const closed = next(ours, 'link:close')

        await bad.sendEnvelope({ ...envelope, signature: new Uint8Array(64) })
        await closed
        await good.sendEnvelope(envelope)
        await messages.reach(1)
        assert.deepEqual(messages.names, ['federation:federation_start'])
      }
    )
  })
})
