import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { decodeAck } from '../../../protocols/message/codec.ts'
import { InboundStream } from '../../../protocols/message/inbound-stream.ts'
import { FrameStream } from '../../../protocols/stream-io.ts'
import { StreamNodes } from '../../support/stream-nodes.ts'
import { until } from '../../support/stream-suite.ts'
import { settle } from '../../support/manual-clock.ts'
import { envelopeOf, frame } from './support/envelopes.ts'

describe('a stream of envelopes that come in', () => {
  let nodes: StreamNodes

  before(async () => {
    nodes = await StreamNodes.create({ transport: 'tcp' })
  })
  after(() => nodes.stop())

  it('acknowledges 256 at the latest, however many there are', async () => {
    const [local, remote] = await nodes.open('dialler')
    const [connection] = nodes.dialler.getConnections()
    const acks = new FrameStream(remote, { maxFrameBytes: 64 })

    assert.ok(connection != null)
    const inbound = new InboundStream(local, connection, {})
    // all of them in one write, so that none has to be waited for
    remote.send(Buffer.concat(Array.from({ length: 1_000 }, () => frame(envelopeOf('x')))))
    void remote.close()
    await inbound.read(() => {})

    const counts: number[] = []

    for await (const ack of acks) {
      counts.push(decodeAck(ack).count)
    }

    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      1_000
    )
    assert.ok(Math.max(...counts) <= 256)
  })

  it('tells with the next acknowledgement, and with no other, that numbers are to be beyond one', async () => {
    const [local, remote] = await nodes.open('dialler')
    const [connection] = nodes.dialler.getConnections()
    const frames = new FrameStream(remote, { maxFrameBytes: 64 })

    assert.ok(connection != null)
    const reading = new InboundStream(local, connection, {}).read((envelope, _byteLength, tell) => {
      if (envelope.seqno < 10n) {
        tell(10n)
      }
    })
    const next = async (seqno: bigint): Promise<unknown> => {
      remote.send(frame(envelopeOf('x', seqno)))
      const ack = await frames.read()

      assert.ok(ack != null)

      return { ...decodeAck(ack) }
    }

    assert.deepEqual(await next(20n), { count: 1 })
    assert.deepEqual(await next(9n), { count: 1, beyond: 10n })
    assert.deepEqual(await next(21n), { count: 1 })
    await frames.close()
    await reading
  })

  it('is read no further while more of its acknowledgements wait than may', async () => {
    const [local, remote] = await nodes.open('dialler')
    const [connection] = nodes.dialler.getConnections()
    let waiting = 1_024
    let taken = 0
    let arrived = 0

    assert.ok(connection != null)
    local.addEventListener('message', () => arrived++)
    Object.defineProperty(local, 'writeBufferLength', { get: () => waiting })
    const reading = new InboundStream(local, connection, {}).read(() => {
      taken++
    })

    reading.catch(() => {})
    remote.send(frame(envelopeOf('at the limit')))
    await until(() => taken === 1)
    waiting = 1_025
    remote.send(frame(envelopeOf('above it')))
    await until(() => taken === 2)
    remote.send(frame(envelopeOf('unread')))
    await until(() => arrived === 3)
    await settle()
    assert.equal(taken, 2)
    waiting = 0
    local.dispatchEvent(new Event('idle'))
    await until(() => taken === 3)
    local.abort(new Error('the test is over'))
  })
})
