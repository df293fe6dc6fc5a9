import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ping } from '../../../protocols/ping.ts'
import { until } from '../../support/stream-suite.ts'
import { envelopeOf, frame, textOf } from './support/envelopes.ts'
import { closed, PROTOCOL, withProtocolNodes } from './support/protocol-node.ts'
import type { ProtocolNode } from './support/protocol-node.ts'
import type { Connection } from '@libp2p/interface'

const noFailure = (err: Error): void => assert.fail(err)

describe('message protocol', () => {
  it('carries envelopes in either direction of one connection', async () => {
    await withProtocolNodes([{}, {}], async (a, b) => {
      const connection = await a.dial(b)

      await until(() => b.node.getConnections().length === 1)
      const [back] = b.node.getConnections()

      assert.ok(back)
      await a.protocol.outbox(connection, noFailure).send(envelopeOf('there', 7n))
      await b.protocol.outbox(back, noFailure).send(envelopeOf('and back'))
      await until(() => a.received.length === 1 && b.received.length === 1)

      assert.equal(b.received[0]?.envelope.seqno, 7n)
      assert.equal(b.received[0]?.byteLength, envelopeOf('there', 7n).byteLength)
      assert.ok(b.received[0]?.connection.remotePeer.equals(a.node.peerId))
      assert.deepEqual(
        [a, b].map(({ received }) => received.map(textOf)),
        [['and back'], ['there']]
      )
    })
  })

  it('uses one stream for a link, and ends both sides when the outbox is closed', async () => {
    await withProtocolNodes([{}, {}], async (a, b) => {
      const connection = await a.dial(b)
      const outbox = a.protocol.outbox(connection, noFailure)
      const streams = (): number => connection.streams.filter(({ protocol }) => protocol === PROTOCOL).length

      await outbox.send(envelopeOf('one'))
      await outbox.send(envelopeOf('two'))
      assert.equal(streams(), 1)
      await outbox.close()
      await until(() => streams() === 0, 'the stream is gone')
      assert.deepEqual(b.received.map(textOf), ['one', 'two'])
      assert.deepEqual(b.violations, [])
    })
  })

  it('refuses the stream of a peer that is not accepted, and that is no violation', async () => {
    const gate = Promise.withResolvers<boolean>()

    await withProtocolNodes([{}, { accept: async () => gate.promise }], async (a, b) => {
      const stream = await a.raw(b)
      const end = closed(stream)

      stream.send(frame(envelopeOf('unheard')))
      gate.resolve(false)
      assert.equal((await end)?.name, 'StreamResetError')
      assert.deepEqual([b.received, b.violations], [[], []])
      assert.equal(a.node.getConnections().length, 1)
    })
  })

  it('looks at nothing before the peer is accepted', async () => {
    const gate = Promise.withResolvers<boolean>()

    await withProtocolNodes([{}, { accept: async () => gate.promise }], async (a, b) => {
      const stream = await a.raw(b)

      // broken from its first byte
      stream.send(Buffer.from([0x80, 0x00]))
      await until(
        () => b.node.getConnections()[0]?.streams.some(({ protocol }) => protocol === PROTOCOL) === true
      )
      assert.deepEqual(b.violations, [])
      gate.resolve(true)
      await until(() => b.violations.length === 1)
    })
  })

  it('resets the stream when asking whether the peer is accepted fails', async () => {
    const gate = Promise.withResolvers<boolean>()

    await withProtocolNodes([{}, { accept: async () => gate.promise }], async (a, b) => {
      const end = closed(await a.raw(b))

      gate.reject(new Error('no answer'))
      assert.equal((await end)?.name, 'StreamResetError')
      assert.deepEqual(b.violations, [])
    })
  })

  it('dismisses a peer over all its connections, and nobody else', async () => {
    await withProtocolNodes([{}, {}, {}], async (a, b, c) => {
      assert.ok(c)
      const first = await a.raw(b)
      const second = await (await a.node.dial(b.node.getMultiaddrs(), { force: true })).newStream(PROTOCOL)
      const other = await c.raw(b)
      const ends = [closed(first), closed(second)]

      for (const stream of [first, second, other]) {
        stream.send(frame(envelopeOf('here')))
      }

      await until(() => b.received.length === 3)
      assert.equal(b.node.getConnections(a.node.peerId).length, 2)
      b.protocol.dismiss(a.node.peerId)
      await Promise.all(ends)
      other.send(frame(envelopeOf('still here')))
      await until(() => b.received.length === 4)
      assert.deepEqual(b.violations, [])
    })
  })

  it('takes as many streams of one connection as allowed, and no more', async () => {
    await withProtocolNodes(
      [{ maxStreamsPerConnection: 10 }, { maxStreamsPerConnection: 2 }],
      async (a, b) => {
        const streams = [await a.raw(b), await a.raw(b)]

        for (const stream of streams) {
          stream.send(frame(envelopeOf('one of two')))
        }

        await until(() => b.received.length === 2)
        const third = await a.raw(b)

        await closed(third)
        assert.deepEqual(
          streams.map(({ status }) => status),
          ['open', 'open']
        )
      }
    )
  })

  it('ends all streams when stopped, and works again when started again', async () => {
    await withProtocolNodes([{}, {}], async (a, b) => {
      const stream = await a.raw(b)
      const end = closed(stream)

      stream.send(frame(envelopeOf('first')))
      await until(() => b.received.length === 1)
      await b.protocol.stop()
      await b.protocol.stop()
      await end
      await assert.rejects(a.raw(b), { name: 'UnsupportedProtocolError' })

      await b.protocol.start()
      await b.protocol.start()
      await a.protocol.outbox(await a.dial(b), noFailure).send(envelopeOf('second'))
      await until(() => b.received.length === 2)
      assert.deepEqual(b.violations, [])
    })
  })

  it('tells the sender what was taken, and no more', async () => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const taken: string[] = []
    const init = {
      onEnvelope: async (_connection: unknown, envelope: { wrapper: Uint8Array }) => {
        await gates[taken.length]?.promise
        taken.push(textOf({ envelope }))
      }
    }

    await withProtocolNodes([{}, init], async (a, b) => {
      const outbox = a.protocol.outbox(await a.dial(b), noFailure)
      let settled = 0

      const sends = ['first', 'second', 'third'].map(async (text) => {
        await outbox.send(envelopeOf(text))
        settled++
      })

      await until(() => outbox.unacknowledgedMessages === 3)
      gates[0]?.resolve()
      await until(() => taken.length === 1)
      assert.equal(settled, 0)
      gates[1]?.resolve()
      await Promise.all(sends)
      assert.deepEqual(taken, ['first', 'second', 'third'])
    })
  })

  it('tells the sender what was taken when the link is closed by it', async () => {
    const nodes: ProtocolNode[] = []
    const init = {
      onEnvelope: ({ remotePeer }: Connection) => {
        nodes.forEach(({ protocol }) => protocol.dismiss(remotePeer))
      }
    }

    await withProtocolNodes([{}, init], async (a, b) => {
      nodes.push(b)
      await a.protocol.outbox(await a.dial(b), () => {}).send(envelopeOf('goodbye'))
    })
  })

  it('holds a sender back while the receiver does not read, and loses nothing', async () => {
    const gate = Promise.withResolvers<boolean>()

    await withProtocolNodes(
      [{ maxQueuedMessages: 64 }, { accept: async () => gate.promise }],
      async (a, b) => {
        const connection = await a.dial(b)
        const outbox = a.protocol.outbox(connection, noFailure)
        const texts = Array.from({ length: 64 }, (_, index) => `${index} `.padEnd(262_144, '.'))
        const sends = texts.map(async (text) => outbox.send(envelopeOf(text)))

        await until(() => outbox.queuedMessages < texts.length, 'the first has left')

        // until the other end has answered something else and nothing has left the outbox meanwhile
        for (let waiting = Infinity; outbox.queuedMessages !== waiting;) {
          waiting = outbox.queuedMessages
          await ping(connection, {})
        }

        // of 16 MiB at most the sender's buffer, the receiver's queue, and what their windows hold have left
        assert.ok(outbox.queuedMessages > 32, `${outbox.queuedMessages} messages wait`)
        gate.resolve(true)
        await Promise.all(sends)
        await until(() => b.received.length === 64)
        assert.ok(b.received.every((received, index) => textOf(received) === texts[index]))
      }
    )
  })
})
