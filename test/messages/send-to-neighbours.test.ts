import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createMessage } from '../../src/messages/index.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { createOverlayNode, createStockNode, has, until, withNodes } from '../support/overlay-nodes.ts'
import { Messages } from './support/messages-of.ts'
import { RawPeer } from './support/raw-peer.ts'
import type { NebulaInit } from '../../src/index.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'
import type { Libp2p } from '@libp2p/interface'

const alive = createMessage('control', 'alive')

/** A node with two neighbours, and an undirected link to a third. */
async function surrounded(
  init: NebulaInit,
  run: (node: OverlayNode, near: [OverlayNode, OverlayNode], far: OverlayNode) => Promise<void>
): Promise<void> {
  await withNodes(
    [createOverlayNode(init), createOverlayNode(), createOverlayNode(), createOverlayNode()],
    async (node: OverlayNode, first: OverlayNode, second: OverlayNode, far: OverlayNode) => {
      for (const other of [first, second, far]) {
        await node.services.nebula.connect(other.getMultiaddrs(), { direct: other !== far })
        await until('both have the link', () => has(other, node.peerId))
      }

      await run(node, [first, second], far)
    }
  )
}

describe('sending to neighbours', () => {
  it('reaches all of them, and nobody else', async () => {
    await surrounded({}, async (node, near, far) => {
      const heard = near.map((other) => new Messages(other))
      const unheard = new Messages(far)

      await node.services.nebula.sendToNeighbours(alive)
      await Promise.all(heard.map(async (messages) => messages.reach(1)))
      await node.services.nebula.send(far.peerId, createMessage('control', 'overhead'))
      await unheard.reach(1)
      assert.deepEqual(unheard.names, ['control:overhead'])
    })
  })

  it('reaches the peers that are named instead', async () => {
    await surrounded({}, async (node, [near], far) => {
      const messages = new Messages(far)

      await node.services.nebula.sendToNeighbours(alive, { peers: [far.peerId] })
      await messages.reach(1)
      assert.equal(node.services.nebula.link(near.peerId)?.messagesSent, 0)
    })
  })

  it('has nothing to do without neighbours', async () => {
    await withNodes([createOverlayNode()], async (node: OverlayNode) => {
      await node.services.nebula.sendToNeighbours(alive)
    })
  })

  it('reaches the others when one fails, and says who did in an AggregateError', async () => {
    await surrounded({}, async (node, [near], far) => {
      const messages = new Messages(far)

      await node.services.nebula.disconnect(near.peerId)
      await assert.rejects(
        node.services.nebula.sendToNeighbours(alive, { peers: [near.peerId, far.peerId] }),
        (err: AggregateError) => {
          assert.equal(err.name, 'AggregateError')
          assert.deepEqual(
            err.errors.map(({ name }: Error) => name),
            ['NotLinkedError']
          )
          assert.ok(String(err.errors[0]).includes(near.peerId.toString()))

          return true
        }
      )
      await messages.reach(1)
    })
  })

  it('gives every peer the same bytes', async () => {
    await withNodes(
      [createOverlayNode(), createStockNode(), createStockNode()],
      async (node: OverlayNode, ...stock: Libp2p[]) => {
        const raws = stock.map((libp2p) => new RawPeer(libp2p, node))
        const envelopes = await Promise.all(raws.map(async (raw) => raw.envelopes()))

        await Promise.all(raws.map(async (raw) => raw.link()))
        await node.services.nebula.sendToNeighbours(alive)
        await node.services.nebula.sendToNeighbours(alive)

        const [first, second] = await Promise.all(
          envelopes.map(async (reader) => [await reader.next(), await reader.next()])
        )

        assert.deepEqual(first, second)

        const [one, other] = first ?? []

        assert.ok(one != null && other != null && other.seqno > one.seqno)
        assert.deepEqual([one.signature.byteLength, one.hops], [0, 0])
      }
    )
  })

  it('waits between two peers as long as it is told', async () => {
    const clock = new ManualClock()

    await surrounded({ clock }, async (node, near) => {
      const heard = near.map((other) => new Messages(other))
      const pending = clock.pending
      const sent = node.services.nebula.sendToNeighbours(alive, { interval: 1_000 })

      await heard[0]?.reach(1)
      await until('nothing but the pause is waited for', () => clock.pending === pending + 1)
      await clock.advance(999)
      assert.deepEqual(heard[1]?.names, [])
      await clock.advance(1)
      await sent
      await heard[1]?.reach(1)
    })
  })

  it('ends with its signal while it waits', async () => {
    const clock = new ManualClock()

    await surrounded({ clock }, async (node, near) => {
      const heard = near.map((other) => new Messages(other))
      const controller = new AbortController()
      const pending = clock.pending
      const sent = node.services.nebula.sendToNeighbours(alive, {
        interval: 1_000,
        signal: controller.signal
      })

      await heard[0]?.reach(1)
      await until('nothing but the pause is waited for', () => clock.pending === pending + 1)
      controller.abort(new Error('enough'))
      await assert.rejects(sent, { message: 'enough' })
      assert.equal(clock.pending, pending)
      assert.deepEqual(heard[1]?.names, [])
    })
  })

  it('ends with the node while it waits', async () => {
    await surrounded({}, async (node, near) => {
      const [messages] = near.map((other) => new Messages(other))
      const sent = node.services.nebula.sendToNeighbours(alive, { interval: 600_000 })

      await messages?.reach(1)
      await Promise.all([assert.rejects(sent, { name: 'AbortError' }), node.stop()])
    })
  })
})
