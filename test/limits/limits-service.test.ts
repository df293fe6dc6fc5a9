import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { ping } from '../../protocols/ping.ts'
import { ManualClock, settle } from '../support/manual-clock.ts'
import { createOverlayNode, createStockNode, has, next, until, withNodes } from '../support/overlay-nodes.ts'
import { PATIENCE_MS } from '../support/patience.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'
import type { Connection, Libp2p } from '@libp2p/interface'

/** No tick of the clock, which is moved by hand, ends a link. */
const CALM = { aliveInterval: 86_400_000, silenceTimeout: 2 * 86_400_000 }

async function link(a: OverlayNode, b: OverlayNode): Promise<void> {
  await a.services.nebula.connect(b.getMultiaddrs())
  await until('both have the link', () => has(b, a.peerId))
}

function countOf(node: OverlayNode): () => number {
  let count = 0

  node.services.nebula.addEventListener('message:control:overhead', () => count++)

  return () => count
}

describe('limits of a node', () => {
  it('reads the messages of a peer no faster than it may be, loses none and blames nobody', async () => {
    const clock = new ManualClock()
    const limits = { maxMessagesPerSecond: 100 }

    await withNodes(
      [createOverlayNode(), createOverlayNode({ clock, limits, links: CALM })],
      async (a: OverlayNode, b: OverlayNode) => {
        const received = countOf(b)
        await link(a, b)

        const message = a.services.nebula.createMessage('control', 'overhead', { log: 'x' })
        const sent = Promise.all(
          Array.from({ length: 350 }, async () => a.services.nebula.send(b.peerId, message))
        )

        // one above the burst is read before the wait begins
        await until('the burst has come', () => received() === 101)
        await settle()
        assert.equal(received(), 101)

        for (let second = 1; received() < 350; second++) {
          assert.ok(second <= 10, `${received()} messages after ${second} seconds`)

          const before = received()

          await clock.advance(1_000)
          await until('more has come', () => received() > before)
          await settle()
          assert.ok(received() <= 101 + 100 * second, `${received()} messages after ${second} seconds`)
        }

        await sent
        assert.equal(has(a, b.peerId), true)
        assert.deepEqual(b.services.nebula.restrictions(), [])
      }
    )
  })

  it('counts what of a model waits to be read, and takes it with little room all the same', async () => {
    const room = 262_144

    await withNodes(
      [createOverlayNode(), createOverlayNode({ limits: { maxBufferedBytes: room } })],
      async (a: OverlayNode, b: OverlayNode) => {
        await link(a, b)

        const payload = randomBytes(8 * 1_048_576)
        const received = next(b, 'model:update')

        await a.services.nebula.sendModel([b.peerId], { payload, round: 1, encoding: 'none' })
        assert.deepEqual(Buffer.from(await (await received).bytes()), payload)
        // had it not been given back, this would be refused
        await a.services.nebula.sendModel([b.peerId], { payload: randomBytes(1_000), round: 2 })
      }
    )
  })

  it('drops low messages for a peer that does not read, tells their senders, and delivers the rest', async () => {
    const clock = new ManualClock()
    const slow = { clock, limits: { maxMessagesPerSecond: 1 }, links: CALM }

    await withNodes(
      [createOverlayNode({ limits: { maxBufferedBytes: 2 * 1_048_576 } }), createOverlayNode(slow)],
      async (a: OverlayNode, b: OverlayNode) => {
        const { nebula } = a.services
        const received = countOf(b)
        await link(a, b)

        const message = nebula.createMessage('control', 'overhead', { log: 'x'.repeat(100_000) })
        const outcomes = { sent: 0, dropped: 0 }
        const send = async (priority: 'low' | 'high'): Promise<void> =>
          nebula.send(b.peerId, message, { priority }).then(
            () => {
              outcomes.sent++
            },
            (error: Error) => {
              assert.equal(error.name, 'MessageDroppedError')
              assert.equal(priority, 'low')
              outcomes.dropped++
            }
          )
        const all = Promise.all([
          ...Array.from({ length: 100 }, async () => send('low')),
          ...Array.from({ length: 10 }, async () => send('high'))
        ])

        await until('some were dropped', () => outcomes.dropped > 50)

        // all were handed over at once: what is dropped has been by now
        while (received() < 110 - outcomes.dropped) {
          const before = received()

          await clock.advance(2_000)
          await until('the next is read', () => received() > before)
        }

        await all
        assert.equal(outcomes.sent + outcomes.dropped, 110)
        assert.equal(received(), outcomes.sent)
        assert.ok(outcomes.sent >= 10)
      }
    )
  })

  it('sends to a peer again by itself once the memory that others held is free', async () => {
    const stuck = { clock: new ManualClock(), limits: { maxMessagesPerSecond: 1 }, links: CALM }

    await withNodes(
      [
        createOverlayNode({ limits: { maxBufferedBytes: 1_048_576 } }),
        createOverlayNode(),
        createOverlayNode(stuck)
      ],
      async (a: OverlayNode, b: OverlayNode, c: OverlayNode) => {
        const { nebula } = a.services
        const received = countOf(b)
        const message = nebula.createMessage('control', 'overhead', { log: 'x'.repeat(100_000) })
        // more than what is free once messages were dropped
        const large = nebula.createMessage('control', 'overhead', { log: 'x'.repeat(300_000) })

        await link(a, b)
        await link(a, c)

        const held: Array<Promise<unknown>> = []

        // the stream is open, and nothing waits
        await nebula.send(b.peerId, message)

        for (let i = 0; i < 3; i++) {
          // in one tick, so that nothing becomes free between
          held.push(
            ...Array.from({ length: 50 }, async () =>
              nebula.send(c.peerId, message, { priority: 'high' }).catch((error: Error) => error)
            )
          )
          await assert.rejects(nebula.send(b.peerId, large, { priority: 'low' }), {
            name: 'MessageDroppedError'
          })
        }

        await c.stop()
        await Promise.all(held)

        for (let i = 0; i < 10; i++) {
          await nebula.send(b.peerId, large, { priority: 'low', signal: AbortSignal.timeout(PATIENCE_MS) })
        }

        await until('all that was sent has come', () => received() === 11)
        assert.equal(has(a, b.peerId), true)
      }
    )
  })

  it('closes the connections of a peer that opens them too fast', async () => {
    await withNodes(
      [createOverlayNode({ limits: { maxConnectionsPerMinute: 3 } }), createStockNode(), createStockNode()],
      async (node: OverlayNode, churner: Libp2p, other: Libp2p) => {
        const dial = async (): Promise<Connection> => churner.dial(node.getMultiaddrs(), { force: true })
        const connections = [await dial(), await dial(), await dial()]
        // the end may come before this end is done with making it
        const last = await dial().catch(() => undefined)

        await until('the last is closed', () => last?.status !== 'open')

        // which was judged after these: an answer over each shows that the other end has let it stay
        for (const connection of connections) {
          await ping(connection, {})
        }

        assert.equal((await other.dial(node.getMultiaddrs())).status, 'open')
      }
    )
  })
})
