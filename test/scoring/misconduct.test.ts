import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { MemoryDatastore } from 'datastore-core'
import { DEADLINE_GRACE_MS } from '../../src/lib/watchdog.ts'
import { signMessage } from '../../protocols/message/index.ts'
import { createMessage } from '../../src/messages/index.ts'
import { encodeWrapper } from '../../src/messages/wrapper.ts'
import { Messages } from '../messages/support/messages-of.ts'
import { RawPeer } from '../messages/support/raw-peer.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { ManualClock, passUntil } from '../support/manual-clock.ts'
import {
  createOverlayNode,
  createStockNode,
  has,
  next,
  RawHandshake,
  until,
  withNodes
} from '../support/overlay-nodes.ts'
import type { NebulaInit } from '../../src/index.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'
import type { Libp2p, PeerId } from '@libp2p/interface'

const alive = createMessage('control', 'alive')
const ready = createMessage('federation', 'federation_ready', { round: 7 })
const noise = createMessage('control', 'overhead', { log: 'noise' })

async function facing(
  init: NebulaInit,
  run: (raw: RawPeer, ours: OverlayNode, messages: Messages) => Promise<void>
): Promise<void> {
  await withNodes([createStockNode(), createOverlayNode(init)], async (stock: Libp2p, ours: OverlayNode) => {
    await run(new RawPeer(stock, ours), ours, new Messages(ours))
  })
}

function counted(node: OverlayNode, peer: PeerId, name: string): number {
  const { terms } = node.services.nebula.explainScore(peer)

  return terms.find((term) => term.name === name)?.counter ?? NaN
}

function kinds(node: OverlayNode): string[] {
  return node.services.nebula.restrictions().map(({ kind }) => kind)
}

describe('a peer that misbehaves', () => {
  const atOnce: Array<[string, string, (raw: RawPeer) => Promise<void>]> = [
    [
      'passes on what is not signed',
      'badSignature',
      async (raw) => raw.send(alive, String(await createPeerId()))
    ],
    [
      'sends what is no message',
      'invalidMessage',
      async (raw) => raw.sendEnvelope({ wrapper: new Uint8Array([0x0f]) })
    ],
    [
      'sends what is no envelope',
      'invalidMessage',
      async (raw) => (await raw.stream()).send(new Uint8Array([0x0f]))
    ]
  ]

  for (const [name, term, offend] of atOnce) {
    it(`is blacklisted at once when it ${name}`, async () => {
      await facing({}, async (raw, ours) => {
        const { peerId } = raw.node
        const blacklisted = next(ours, 'peer:blacklisted')
        const graylisted = next(ours, 'peer:graylisted')

        await raw.link()
        await offend(raw)
        const { peer, reason } = await blacklisted

        assert.ok(peer.equals(peerId))
        assert.match(reason, new RegExp(`^score -1(?:20|19\\.\\d): ${term} -120$`))
        assert.equal((await graylisted).reason, reason)
        assert.equal(ours.services.nebula.explainScore(peerId).state, 'blacklisted')
        assert.deepEqual(kinds(ours).toSorted(), ['blacklisted', 'recently-disconnected'])
        await until('no connection', () => ours.getConnections(peerId).length === 0)
      })
    })
  }

  it('is graylisted, then blacklisted, for sending a message again and again', async () => {
    await facing({}, async (raw, ours, messages) => {
      const { peerId } = raw.node

      await raw.link()
      // thirteen copies
      for (let i = 0; i < 14; i++) {
        await raw.send(ready)
      }

      await until('graylisted', () => ours.services.nebula.explainScore(peerId).state === 'graylisted')
      assert.equal(messages.all.length, 1)
      assert.equal(has(ours, peerId), true)
      const blacklisted = next(ours, 'peer:blacklisted')

      for (let i = 0; i < 4; i++) {
        await raw.send(ready).catch(() => {})
      }

      assert.match((await blacklisted).reason, /duplicates/)
    })
  })

  it('is counted when it sends us our own messages', async () => {
    await facing({}, async (raw, ours) => {
      await raw.link()
      await raw.send(alive, ours.peerId.toString())
      await until('the copy', () => counted(ours, raw.node.peerId, 'duplicates') > 0)
    })
  })

  it('has its messages ignored while it is graylisted, and keeps its link', async () => {
    const clock = new ManualClock()

    await facing(
      { clock, score: { sweepInterval: 50, terms: { duplicates: { halfLife: 3_000, threshold: 1 } } } },
      async (raw, ours, messages) => {
        const recovered = next(ours, 'peer:recovered')

        await raw.link()

        for (let i = 0; i < 11; i++) {
          await raw.send(ready)
        }

        await until(
          'graylisted',
          () => ours.services.nebula.explainScore(raw.node.peerId).state === 'graylisted'
        )
        await raw.send(noise)
        await raw.send(ready)
        await until(
          'all have come',
          () => ours.services.nebula.link(raw.node.peerId)?.messagesReceived === 13
        )
        assert.deepEqual(messages.names, ['federation:federation_ready'])
        assert.equal(has(ours, raw.node.peerId), true)

        assert.ok((await passUntil(clock, recovered)).peer.equals(raw.node.peerId))
        await raw.send(noise)
        await messages.reach(2)
      }
    )
  })

  it('passes nothing on while it is graylisted, which others still may', async () => {
    await withNodes(
      [createStockNode(), createStockNode(), createOverlayNode()],
      async (bad: Libp2p, good: Libp2p, ours: OverlayNode) => {
        const messages = new Messages(ours)
        const key = await generateKeyPair('Ed25519')
        const source = peerIdFromPrivateKey(key).toString()
        const wrapper = encodeWrapper({ source, message: ready })
        const signed = { federation: 'test', source, seqno: 1n, wrapper }
        const envelope = {
          wrapper,
          seqno: 1n,
          signature: new Uint8Array(await signMessage(key, signed)),
          hops: 1
        }
        const [first, second] = [new RawPeer(bad, ours), new RawPeer(good, ours)]

        await first.link({ proxy: true })
        await second.link({ proxy: true })

        for (let i = 0; i < 14; i++) {
          await first.send(ready)
        }

        await until('graylisted', () => ours.services.nebula.explainScore(bad.peerId).state === 'graylisted')
        await first.sendEnvelope(envelope)
        await until('all have come', () => ours.services.nebula.link(bad.peerId)?.messagesReceived === 15)
        assert.equal(messages.all.length, 1)
        await second.sendEnvelope(envelope)
        await messages.reach(2)
        assert.ok(messages.all[1]?.from.equals(good.peerId))
      }
    )
  })

  it('is blacklisted for a flood of messages', async () => {
    const clock = new ManualClock()

    await facing(
      { clock, score: { maxMessageRate: 10, maxMessageBurst: 20 } },
      async (raw, ours, messages) => {
        const blacklisted = next(ours, 'peer:blacklisted')

        await raw.link()

        for (let i = 0; i < 200; i++) {
          await raw.send(alive, undefined, { seqno: BigInt(i) }).catch(() => {})
        }

        assert.match((await blacklisted).reason, /rate/)
        // up to the threshold they are taken
        assert.ok(messages.all.length >= 20)
      }
    )
  })

  it('is charged for attempts that it begins and does not go on with', async () => {
    const clock = new ManualClock()

    await facing({ clock, links: { handshakeTimeout: 20 } }, async (raw, ours) => {
      const blacklisted = next(ours, 'peer:blacklisted')
      const connection = await raw.node.dial(ours.getMultiaddrs())

      for (let i = 0; i < 12; i++) {
        const { pending } = clock
        const { stream } = await RawHandshake.open(connection).catch(() => ({ stream: undefined }))

        if (stream != null) {
          await until('begun', () => clock.pending > pending || stream.status !== 'open')
          await clock.advance(20 + DEADLINE_GRACE_MS)
          await until('given up', () => stream.status !== 'open')
        }
      }

      assert.match((await blacklisted).reason, /halfOpen/)
    })
  })

  it('is charged for links that it lets go at once', async () => {
    await facing({}, async (raw, ours) => {
      for (let i = 1; i <= 3; i++) {
        const { stream } = await raw.link()

        await until('the link', () => has(ours, raw.node.peerId))
        stream.abort(new Error('changed my mind'))
        await until('no link', () => !has(ours, raw.node.peerId))
        assert.equal(Math.round(counted(ours, raw.node.peerId, 'flapping')), i)
      }
    })
  })

  it('keeps its score when it comes again, over a restart too', async () => {
    const datastore = new MemoryDatastore()
    const stock = await createStockNode()

    try {
      for (const run of [1, 2]) {
        const ours = await createOverlayNode({}, { datastore })

        try {
          if (run === 1) {
            const raw = new RawPeer(stock, ours)

            await raw.link()
            await raw.send(alive, ours.peerId.toString())
            await until('the copy', () => counted(ours, stock.peerId, 'duplicates') > 0)
            await stock.hangUp(ours.peerId)
            await until('no link', () => !has(ours, stock.peerId))
            await raw.link()
          }

          assert.ok(counted(ours, stock.peerId, 'duplicates') > 0.5)
        } finally {
          await ours.stop()
        }
      }
    } finally {
      await stock.stop()
    }
  })

  it('may link again when a frame of it broke off, which is held against it', async () => {
    const clock = new ManualClock()

    await facing({ clock, messages: { frameTimeout: 100 } }, async (raw, ours) => {
      const closed = next(ours, 'link:close')

      await raw.link()
      const stream = await (await raw.node.dial(ours.getMultiaddrs())).newStream('/nebula/message/1.0.0')

      const { pending } = clock

      // the first of two bytes of a length
      stream.send(Uint8Array.of(0x80))
      await until('the frame has begun', () => clock.pending > pending)
      await clock.advance(100 + DEADLINE_GRACE_MS)
      assert.equal((await closed).reason, 'silent')
      assert.equal(Math.round(counted(ours, raw.node.peerId, 'slow')), 1)
      assert.deepEqual(kinds(ours), [])
      await raw.link()
      await until('the link', () => has(ours, raw.node.peerId))
    })
  })

  it('is let in again, and forgiven, on request', async () => {
    await facing({}, async (raw, ours) => {
      const { peerId } = raw.node
      const blacklisted = next(ours, 'peer:blacklisted')

      await raw.link()
      await raw.send(alive, String(await createPeerId()))
      await blacklisted
      await ours.services.nebula.removeFromBlacklist(peerId)
      assert.equal(ours.services.nebula.score(peerId), 0)
      assert.deepEqual(kinds(ours), [])
    })
  })
})

describe('what neighbours think', () => {
  it('counts when two say it, is bounded, and ends with their links', async () => {
    await withNodes(
      [createStockNode(), createStockNode(), createStockNode(), createOverlayNode()],
      async (a: Libp2p, b: Libp2p, target: Libp2p, ours: OverlayNode) => {
        const slander = createMessage('reputation', 'share', {
          nodeId: target.peerId.toString(),
          score: 0,
          round: 1
        })
        const [first, second] = [new RawPeer(a, ours), new RawPeer(b, ours)]

        await new RawPeer(target, ours).link()
        await first.link()
        await second.link()
        await first.send(slander)
        await until('it is heard', () => counted(ours, a.peerId, 'firstDeliveries') > 0)
        assert.equal(counted(ours, target.peerId, 'opinion'), 0)
        await second.send(slander)
        await until('it counts', () => counted(ours, target.peerId, 'opinion') === 1)
        const { score, state } = ours.services.nebula.explainScore(target.peerId)

        assert.equal(state, 'good')
        assert.ok(score > -40)
        await b.hangUp(ours.peerId)
        await until('it is forgotten', () => counted(ours, target.peerId, 'opinion') === 0)
      }
    )
  })
})

describe('honest peers', () => {
  it('have good scores, and none that others share', async () => {
    await withNodes(
      [
        createOverlayNode({ proxy: true }),
        createOverlayNode({ proxy: true }),
        createOverlayNode({ proxy: true })
      ],
      async (a: OverlayNode, b: OverlayNode, c: OverlayNode) => {
        const nodes = [a, b, c]

        await a.services.nebula.connect(b.getMultiaddrs())
        await b.services.nebula.connect(c.getMultiaddrs())
        await c.services.nebula.connect(a.getMultiaddrs())

        // each message reaches each node twice
        for (let i = 0; i < 50; i++) {
          await Promise.all(
            nodes.map(async ({ services: { nebula } }) =>
              nebula.sendToNeighbours(nebula.createMessage('federation', 'federation_start', { round: i }))
            )
          )
        }

        await until('all came', () =>
          nodes.every((node) =>
            node.services.nebula.links().every(({ messagesReceived }) => messagesReceived >= 50)
          )
        )

        for (const node of nodes) {
          for (const { score, terms } of node.services.nebula.scores()) {
            assert.ok(score > 0)
            assert.equal(terms.find(({ name }) => name === 'duplicates')?.counter, 0)
          }

          assert.deepEqual(node.services.nebula.restrictions(), [])
        }
      }
    )
  })

  it('are refused by a service whose score could not work', async () => {
    await assert.rejects(createOverlayNode({ score: { graylist: 1 } }), {
      name: 'InvalidParametersError',
      message: /score\.graylist/
    })
  })
})
