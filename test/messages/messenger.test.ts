import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { QueueFullError } from '../../src/index.ts'
import { createMessage } from '../../src/messages/index.ts'
import { createOverlayNode, has, next, until, withNodes } from '../support/overlay-nodes.ts'
import { Messages } from './support/messages-of.ts'
import type { Message, NebulaInit } from '../../src/index.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'

const alive = createMessage('control', 'alive')

/** Two linked nodes; `init` is that of the first. */
async function linked(
  init: NebulaInit,
  run: (a: OverlayNode, b: OverlayNode) => Promise<void>
): Promise<void> {
  await withNodes([createOverlayNode(init), createOverlayNode()], async (a: OverlayNode, b: OverlayNode) => {
    await a.services.nebula.connect(b.getMultiaddrs())
    await until('both have the link', () => has(b, a.peerId))
    await run(a, b)
  })
}

describe('messages between linked nodes', () => {
  it('arrive as an event of their own, after the one for all', async () => {
    const sent: Message[] = [
      createMessage('discovery', 'register', { latitude: 1.5, longitude: -2 }),
      createMessage('control', 'weak_link', { log: 'text' }),
      createMessage('federation', 'reputation', { arguments: ['a', 'b'], round: 3 }),
      createMessage('connection', 'late_connect'),
      createMessage('response', '', { response: 'text' }),
      createMessage('reputation', 'share', { nodeId: 'node', score: 0.5, round: 1 }),
      createMessage('discover', 'discover_nodes'),
      createMessage('offer', 'offer_metric', { nNeighbors: 2, loss: 0.25 }),
      createMessage('link', 'connect_to', { addrs: '' })
    ]

    await linked({}, async (a, b) => {
      const events: Array<[string, Message]> = []

      for (const { type, action } of sent) {
        const name = action === '' ? `message:${type}` : `message:${type}:${action}`

        // the names are those of the events' map, which no compiler can follow here
        b.services.nebula.addEventListener(name as 'message', ({ detail }) => {
          events.push([name, detail.message])
        })
      }

      const messages = new Messages(b)

      for (const message of sent) {
        await a.services.nebula.send(b.peerId, message)
      }

      await messages.reach(sent.length)
      assert.deepEqual(
        messages.all.map(({ message }) => plain(message)),
        sent
      )
      assert.deepEqual(
        events.map(([, message]) => plain(message)),
        sent
      )
      assert.ok(messages.all.every(({ source, from }) => source.equals(a.peerId) && from.equals(a.peerId)))
    })
  })

  it('are counted alike at both ends', async () => {
    await linked({}, async (a, b) => {
      const messages = new Messages(b)

      await a.services.nebula.send(b.peerId, alive)
      await a.services.nebula.send(b.peerId, createMessage('control', 'overhead', { log: 'x'.repeat(1_000) }))
      await messages.reach(2)

      const there = a.services.nebula.link(b.peerId)
      const here = b.services.nebula.link(a.peerId)

      assert.deepEqual([there?.messagesSent, here?.messagesReceived], [2, 2])
      assert.ok(there != null && there.bytesSent > 1_000)
      assert.equal(there.bytesSent, here?.bytesReceived)
      assert.deepEqual([there.messagesReceived, here?.messagesSent], [0, 0])
    })
  })

  it('keep their order', async () => {
    await linked({}, async (a, b) => {
      const messages = new Messages(b)
      const rounds = Array.from({ length: 500 }, (_, round) => round)

      await Promise.all(
        rounds.map(async (round) =>
          a.services.nebula.send(b.peerId, createMessage('federation', 'reputation', { round }))
        )
      )
      await messages.reach(500)
      assert.deepEqual(
        messages.all.map(({ message }) => message.type === 'federation' && message.fields.round),
        rounds
      )
    })
  })

  it('cannot be sent without a link', async () => {
    await withNodes([createOverlayNode(), createOverlayNode()], async (a: OverlayNode, b: OverlayNode) => {
      await assert.rejects(a.services.nebula.send(b.peerId, alive), { name: 'NotLinkedError' })
      await a.dial(b.getMultiaddrs())
      await assert.rejects(a.services.nebula.send(b.peerId, alive), { name: 'NotLinkedError' })
    })
  })

  it('is still sent once learning has finished', async () => {
    const engine = { finished: false }
    const init = {
      engine: {
        round: () => null,
        learningCycleFinished: () => engine.finished,
        updateNeighbours: () => {}
      }
    }

    await linked(init, async (a, b) => {
      const messages = new Messages(b)

      await a.services.nebula.send(b.peerId, alive)
      engine.finished = true
      await a.services.nebula.send(b.peerId, alive)
      await a.services.nebula.sendToNeighbours(alive)
      await b.services.nebula.send(a.peerId, alive)
      assert.equal(a.services.nebula.link(b.peerId)?.messagesSent, 3)
      await messages.reach(3)
    })
  })

  it('cannot be sent when they are too large, or not what they say, and the link stays', async () => {
    await linked({ messages: { maxMessageBytes: 1_024 } }, async (a, b) => {
      const { nebula } = a.services
      const messages = new Messages(b)

      await assert.rejects(
        nebula.send(b.peerId, createMessage('response', '', { response: 'x'.repeat(1_024) })),
        { name: 'MessageTooLargeError', limit: 1_021 }
      )
      await assert.rejects(
        nebula.send(b.peerId, { type: 'control', action: 'nonsense', fields: {} } as unknown as Message),
        { name: 'InvalidMessageError' }
      )
      await nebula.send(b.peerId, alive)
      await messages.reach(1)
    })
  })

  it('wait for room in the queue, or are refused where the caller does not want to', async () => {
    await linked({ messages: { maxQueuedMessages: 2 } }, async (a, b) => {
      const { nebula } = a.services
      const messages = new Messages(b)
      const waiting = Array.from({ length: 5 }, async () => nebula.send(b.peerId, alive))

      await assert.rejects(nebula.send(b.peerId, alive, { wait: false }), QueueFullError)
      await assert.rejects(
        nebula.sendToNeighbours(alive, { wait: false }),
        (error: unknown) => error instanceof AggregateError && error.errors[0] instanceof QueueFullError
      )
      await Promise.all(waiting)
      await nebula.send(b.peerId, alive, { wait: false })
      await messages.reach(6)
    })
  })

  it('end the link when they are larger than the other end takes', async () => {
    await withNodes(
      [createOverlayNode(), createOverlayNode({ messages: { maxMessageBytes: 1_024 } })],
      async (a: OverlayNode, b: OverlayNode) => {
        await a.services.nebula.connect(b.getMultiaddrs())
        const closed = next(a, 'link:close')

        await assert.rejects(
          a.services.nebula.send(b.peerId, createMessage('response', '', { response: 'x'.repeat(2_000) })),
          { name: 'UnacknowledgedError' }
        )
        assert.equal((await closed).reason, 'remote')
        assert.equal(b.services.nebula.restrictions()[0]?.reason.includes('1024'), true)
      }
    )
  })

  it('that were sent before the goodbye arrive', async () => {
    for (let run = 0; run < 10; run++) {
      await linked({}, async (a, b) => {
        const messages = new Messages(b)
        const closed = next(b, 'link:close')

        await a.services.nebula.send(
          b.peerId,
          createMessage('response', '', { response: 'x'.repeat(100_000) })
        )
        await a.services.nebula.disconnect(b.peerId)
        assert.equal((await closed).reason, 'remote')
        assert.deepEqual(messages.names, ['response:'], `run ${run}`)
      })
    }
  })

  it('go on after a restart', async () => {
    await linked({}, async (a, b) => {
      const messages = new Messages(a)
      const closed = next(b, 'link:close')

      await a.stop()
      await closed
      await a.start()
      await a.services.nebula.connect(b.getMultiaddrs())
      await until('both have the link', () => has(b, a.peerId))
      await b.services.nebula.send(a.peerId, alive)
      await messages.reach(1)
    })
  })

  it('are heard by every listener, whatever one of them throws', async () => {
    await linked({}, async (a, b) => {
      const { nebula } = b.services
      const heard: string[] = []

      nebula.addEventListener('message', () => {
        throw new Error('the first listener failed')
      })
      nebula.addEventListener('message', (): unknown => Promise.reject(new Error('an async listener failed')))
      nebula.addEventListener('message', () => heard.push('message'))
      nebula.addEventListener('message:control:alive', () => heard.push('alive'))

      await a.services.nebula.send(b.peerId, alive)
      await a.services.nebula.send(b.peerId, alive)
      await until('four calls', () => heard.length === 4)
      assert.deepEqual(heard, ['message', 'alive', 'message', 'alive'])
      assert.equal(has(b, a.peerId), true)
    })
  })
})

/** Bytes may come as a view of what Node.js received, which is a Buffer. */
function plain({ fields, ...message }: Message): unknown {
  const plainFields = Object.entries(fields).map(([name, value]) => [
    name,
    value instanceof Uint8Array ? new Uint8Array(value) : (value as unknown)
  ])

  return { ...message, fields: Object.fromEntries(plainFields) as object }
}
