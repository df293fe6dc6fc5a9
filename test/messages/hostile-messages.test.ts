import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createMessage } from '../../src/messages/index.ts'
import { createOverlayNode, createStockNode, next, until, withNodes } from '../support/overlay-nodes.ts'
import { Messages } from './support/messages-of.ts'
import { RawPeer, rawWelcome } from './support/raw-peer.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'
import type { Libp2p } from '@libp2p/interface'

const alive = createMessage('control', 'alive')
const log = createMessage('control', 'overhead', { log: 'after' })

async function facing(
  run: (raw: RawPeer, ours: OverlayNode, messages: Messages) => Promise<void>
): Promise<void> {
  await withNodes([createStockNode(), createOverlayNode()], async (stock: Libp2p, ours: OverlayNode) => {
    await run(new RawPeer(stock, ours), ours, new Messages(ours))
  })
}

describe('messages of a peer that is not ours', () => {
  it('arrive when they are what they should be', async () => {
    await facing(async (raw, ours, messages) => {
      await raw.link()
      await raw.send(alive)
      await messages.reach(1)
      const [received] = messages.all

      assert.ok(received != null)
      assert.ok(received.source.equals(raw.node.peerId) && received.from.equals(raw.node.peerId))
      assert.deepEqual(received.message, alive)
      assert.equal(ours.services.nebula.link(raw.node.peerId)?.messagesReceived, 1)
    })
  })

  const dropped: Array<[string, (raw: RawPeer, ours: OverlayNode) => Promise<void>]> = [
    ['names us as its source', async (raw, ours) => raw.send(alive, ours.peerId.toString())],
    ['has no member', async (raw) => raw.sendEnvelope({ wrapper: sourceOf(raw) })],
    [
      'has a member that is not known',
      async (raw) => raw.sendEnvelope({ wrapper: sourceOf(raw, [0x62, 0x00]) })
    ],
    [
      'has an action that is not known',
      async (raw) => raw.sendEnvelope({ wrapper: sourceOf(raw, [0x1a, 0x02, 0x08, 0x7f]) })
    ]
  ]

  for (const [name, send] of dropped) {
    it(`are dropped without harm to the link when one ${name}`, async () => {
      await facing(async (raw, ours, messages) => {
        await raw.link()
        await send(raw, ours)
        await raw.send(log)
        await messages.reach(1)
        assert.deepEqual(messages.names, ['control:overhead'])
        assert.notEqual(ours.services.nebula.link(raw.node.peerId), undefined)
        assert.deepEqual(ours.services.nebula.restrictions(), [])
      })
    })
  }

  const violations: Array<[string, (raw: RawPeer) => Promise<void>]> = [
    ['names another source and is not signed', async (raw) => raw.send(alive, 'x'.repeat(100_000))],
    [
      'names another source and is signed by nobody we know of',
      async (raw) => raw.send(alive, 'somebody else', { signature: new Uint8Array(64), hops: 1 })
    ],
    ['names no source', async (raw) => raw.send(alive, '')],
    ['is no message', async (raw) => raw.sendEnvelope({ wrapper: new Uint8Array([0x0f]) })],
    ['is no envelope', async (raw) => (await raw.stream()).send(new Uint8Array([0x0f]))]
  ]

  for (const [name, send] of violations) {
    it(`end the link, and shut the peer out, when one ${name}`, async () => {
      await facing(async (raw, ours, messages) => {
        const closed = next(ours, 'link:close')
        const shutOut = next(ours, 'peer:disconnected')

        await raw.link()
        await send(raw)
        await raw.send(log).catch(() => {})
        assert.equal((await closed).reason, 'protocol-error')
        assert.ok((await shutOut).peer.equals(raw.node.peerId))
        assert.deepEqual(messages.names, [])

        const [restriction] = ours.services.nebula.restrictions()

        assert.ok(restriction != null && restriction.reason.length <= 256)
      })
    })
  }

  it('are refused without a link, which is no violation', async () => {
    await facing(async (raw, ours, messages) => {
      const frames = await raw.stream()

      await frames.send(new Uint8Array([0x0f])).catch(() => {})
      assert.equal((await frames.closed)?.name, 'StreamResetError')
      assert.deepEqual([messages.names, ours.services.nebula.restrictions()], [[], []])
    })
  })

  it('are refused once the link is closed', async () => {
    await facing(async (raw, ours, messages) => {
      await raw.link()
      await raw.send(alive)
      await messages.reach(1)
      const frames = await raw.stream()

      await ours.services.nebula.disconnect(raw.node.peerId)
      await frames.closed
      assert.equal(messages.all.length, 1)
    })
  })

  it('wait for the answer to the handshake that they overtook', async () => {
    await facing(async (raw, ours, messages) => {
      const hello = raw.awaitHello()
      const connected = ours.services.nebula.connect(raw.node.getMultiaddrs())
      const handshake = await hello

      await raw.send(alive)
      await until('the stream is there', () => messageStreams(ours) === 1)
      assert.deepEqual(messages.names, [])
      await handshake.send(rawWelcome())
      await connected
      await messages.reach(1)
      assert.deepEqual(messages.names, ['control:alive'])
    })
  })

  it('that wait for a link do not keep a node from stopping', async () => {
    await facing(async (raw, ours) => {
      const hello = raw.awaitHello()
      const connected = ours.services.nebula.connect(raw.node.getMultiaddrs())

      await hello
      await raw.send(alive)
      await until('the stream is there', () => messageStreams(ours) === 1)
      await Promise.all([assert.rejects(connected), ours.stop()])
    })
  })

  it('cannot be sent any more once the peer has reset the stream, and the link is closed', async () => {
    await facing(async (raw, ours) => {
      const envelopes = await raw.envelopes()

      await raw.link()
      await ours.services.nebula.send(raw.node.peerId, alive)
      await envelopes.next()
      envelopes.reset()
      await until('the reset is here', () => messageStreams(ours) === 0)

      const closed = next(ours, 'link:close')

      await assert.rejects(ours.services.nebula.send(raw.node.peerId, alive), { name: 'UnacknowledgedError' })
      assert.equal((await closed).reason, 'send-failed')
      assert.deepEqual(ours.services.nebula.restrictions(), [])
    })
  })
})

function messageStreams(node: OverlayNode): number {
  return node
    .getConnections()
    .flatMap(({ streams }) => streams)
    .filter(({ protocol, status }) => protocol === '/nebula/message/1.0.0' && status === 'open').length
}

/** A Wrapper of nothing but its source, and the bytes given. */
function sourceOf(raw: RawPeer, rest: number[] = []): Uint8Array<ArrayBuffer> {
  const source = Buffer.from(raw.node.peerId.toString())

  return new Uint8Array([0x0a, source.byteLength, ...source, ...rest])
}
