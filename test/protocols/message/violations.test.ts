import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { encode } from 'uint8-varint'
import { MalformedMessageError } from '../../../src/messages/errors.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { until } from '../../support/stream-suite.ts'
import { envelopeOf, frame, textOf } from './support/envelopes.ts'
import { closed, PROTOCOL, withProtocolNodes } from './support/protocol-node.ts'

const noFailure = (err: Error): void => assert.fail(err)

describe('violations of the message protocol', () => {
  const violations: Array<[string, Uint8Array, string]> = [
    ['announces a frame over the limit', encode(1_025), 'FrameTooLargeError'],
    ['sends a length that is not minimal', Buffer.from([0x80, 0x00]), 'InvalidFrameError'],
    ['sends no envelope', frame(Buffer.from([0x0f])), 'InvalidEnvelopeError'],
    ['sends an empty frame', frame(new Uint8Array(0)), 'InvalidEnvelopeError'],
    ['sends what the overlay calls invalid', frame(envelopeOf('invalid')), 'MalformedMessageError']
  ]

  for (const [name, bytes, error] of violations) {
    it(`reports a peer that ${name}, once, and resets its stream`, async () => {
      const heard: string[] = []
      const init = {
        maxMessageBytes: 1_024,
        onEnvelope: (_connection: unknown, envelope: { wrapper: Uint8Array }) => {
          heard.push(textOf({ envelope }))

          if (heard.at(-1) === 'invalid') {
            throw new MalformedMessageError('so it is')
          }
        }
      }

      await withProtocolNodes([{}, init], async (a, b) => {
        const stream = await a.raw(b)
        const end = closed(stream)

        stream.send(Buffer.concat([frame(envelopeOf('before')), bytes, frame(envelopeOf('after'))]))
        assert.equal((await end)?.name, 'StreamResetError')
        assert.deepEqual(
          b.violations.map((violation) => violation.name),
          [error]
        )
        assert.ok(!heard.includes('after'))
        // what becomes of the connection is the overlay's to say
        assert.equal(a.node.getConnections().length, 1)
      })
    })
  }

  it('are not what this node itself does wrong with an envelope', async () => {
    const init = {
      onEnvelope: () => {
        throw new TypeError('a fault of this node')
      }
    }

    await withProtocolNodes([{}, init], async (a, b) => {
      const stream = await a.raw(b)
      const end = closed(stream)

      stream.send(frame(envelopeOf('any')))
      assert.equal((await end)?.name, 'StreamResetError')
      assert.deepEqual(b.violations, [])
    })
  })

  for (const [name, bytes, error] of [
    ['more than was sent', frame(Buffer.from([0x08, 2])), 'InvalidAckError'],
    ['nothing', frame(Buffer.from([0x08, 0])), 'InvalidAckError'],
    ['in a frame over the limit', encode(65), 'FrameTooLargeError']
  ] as const) {
    it(`reports a peer that acknowledges ${name}`, async () => {
      await withProtocolNodes([{}, {}], async (a, b) => {
        const failures: Error[] = []

        await b.protocol.stop()
        await b.node.handle(PROTOCOL, (stream) => {
          stream.send(bytes)
        })
        await assert.rejects(
          a.protocol.outbox(await a.dial(b), (err) => failures.push(err)).send(envelopeOf('a')),
          { name: 'UnacknowledgedError' }
        )
        assert.deepEqual(
          [failures, a.violations].map((errors) => errors.map((err) => err.name)),
          [[error], [error]]
        )
      })
    })
  }

  it('takes a frame at the limit', async () => {
    await withProtocolNodes([{}, { maxMessageBytes: 1_024 }], async (a, b) => {
      const overhead = envelopeOf('').byteLength + 3
      const envelope = envelopeOf('x'.repeat(1_024 - overhead))

      assert.equal(envelope.byteLength, 1_024)
      await a.protocol.outbox(await a.dial(b), noFailure).send(envelope)
      await until(() => b.received.length === 1)
    })
  })

  it('reports a peer whose envelope is not whole in time', async () => {
    const clock = new ManualClock()

    await withProtocolNodes([{}, { clock }], async (a, b) => {
      const stream = await a.raw(b)

      stream.send(frame(envelopeOf('begun')).subarray(0, 3))
      await until(() => clock.pending === 1, 'the frame has begun')
      await clock.advance(29_999)
      assert.deepEqual(b.violations, [])
      await clock.advance(1)
      await closed(stream)
      assert.deepEqual(
        b.violations.map(({ name }) => name),
        ['FrameTimeoutError']
      )
      assert.equal(clock.pending, 0)
    })
  })

  it('does not blame the peer for a stream that was reset, nor for a fault of ours', async () => {
    const init = {
      onEnvelope: () => {
        throw new Error('a fault of ours')
      }
    }

    await withProtocolNodes([{}, init], async (a, b) => {
      const faulty = await a.raw(b)
      const end = closed(faulty)

      faulty.send(frame(envelopeOf('a')))
      await end

      const reset = await a.raw(b)

      reset.send(frame(envelopeOf('begun')).subarray(0, 3))
      reset.abort(new Error('the peer gave up'))
      await until(() => b.node.getConnections()[0]?.streams.length === 0, 'the streams are gone')
      assert.deepEqual(b.violations, [])
    })
  })
})
