import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { frame } from './support/envelopes.ts'
import { bytesOf, gatedOutbox } from './support/gated-outbox.ts'
import { ManualClock, settle } from '../../support/manual-clock.ts'
import { StreamNodes } from '../../support/stream-nodes.ts'
import { until } from '../../support/stream-suite.ts'

describe('acknowledgement of messages', () => {
  let nodes: StreamNodes

  before(async () => {
    nodes = await StreamNodes.create({ transport: 'tcp' })
  })
  after(() => nodes.stop())

  /** The names of those that have been settled, in their order. */
  function settled(sends: Record<string, Promise<unknown>>): string[] {
    const done: string[] = []

    for (const [name, sent] of Object.entries(sends)) {
      sent.then(
        () => done.push(name),
        (err: Error) => done.push(`${name}: ${err.name}`)
      )
    }

    return done
  }

  it('settles as many as it counts, the oldest first, and no others', async () => {
    const { outbox, release, read, acknowledge } = await gatedOutbox(nodes, { peer: 'reads' })
    const done = settled({
      a: outbox.send(bytesOf('a')),
      b: outbox.send(bytesOf('b'), { priority: 'high' }),
      c: outbox.send(bytesOf('c'))
    })

    release()
    await read(3)
    assert.deepEqual([done, outbox.unacknowledgedMessages], [[], 3])
    // in the order in which they were sent, which is not that of the calls
    await acknowledge(2)
    await until(() => done.length === 2)
    assert.deepEqual([done, outbox.unacknowledgedMessages], [['b', 'a'], 1])
    await acknowledge(1)
    await until(() => done.length === 3)
    assert.deepEqual([done, outbox.unacknowledgedMessages], [['b', 'a', 'c'], 0])
  })

  it('is needed before more than the limit are sent', async () => {
    const { outbox, release, read, acknowledge } = await gatedOutbox(nodes, {
      peer: 'reads',
      maxUnacknowledgedMessages: 2
    })
    const sends = ['a', 'b', 'c', 'd', 'e'].map(async (text) => outbox.send(bytesOf(text)))

    release()
    assert.deepEqual(await read(2), ['a', 'b'])
    await settle()
    assert.deepEqual([outbox.unacknowledgedMessages, outbox.queuedMessages], [2, 3])
    await acknowledge(1)
    assert.deepEqual(await read(1), ['c'])
    await acknowledge(2)
    assert.deepEqual(await read(2), ['d', 'e'])
    await acknowledge(2)
    await Promise.all(sends)
  })

  it('may come in any number without the list of what was sent growing', async () => {
    const { outbox, release } = await gatedOutbox(nodes)

    release()
    await Promise.all(Array.from({ length: 5_000 }, async (_, index) => outbox.send(bytesOf(`${index}`))))
    assert.equal(outbox.unacknowledgedMessages, 0)
  })

  it('that is given together with the reset of the stream counts', async () => {
    const { outbox, release, remote, failures } = await gatedOutbox(nodes, { peer: 'is still' })
    const done = settled({ a: outbox.send(bytesOf('a')), b: outbox.send(bytesOf('b')) })

    release()
    await until(() => remote.readBufferLength > 0)
    remote.send(frame(Buffer.from([0x08, 1])))
    remote.abort(new Error('the link was closed'))
    await until(() => done.length === 2)
    assert.deepEqual(done, ['a', 'b: UnacknowledgedError'])
    assert.deepEqual(
      failures.map(({ name }) => name),
      ['StreamResetError']
    )
  })

  it('is waited for as long as some comes in time, and no longer', async () => {
    const clock = new ManualClock()
    const { outbox, release, read, acknowledge, failures } = await gatedOutbox(nodes, {
      peer: 'reads',
      clock,
      ackTimeout: 1_000
    })
    const done = settled({ a: outbox.send(bytesOf('a')), b: outbox.send(bytesOf('b')) })

    release()
    await read(2)
    await clock.advance(999)
    await acknowledge(1)
    await until(() => done.length === 1)
    await clock.advance(999)
    assert.deepEqual(failures, [])
    await clock.advance(1)
    assert.deepEqual(done, ['a', 'b: UnacknowledgedError'])
    assert.deepEqual(
      failures.map(({ name }) => name),
      ['TimeoutError']
    )
    assert.equal(clock.pending, 0)
  })

  it('is waited for by close()', async () => {
    const { outbox, release, read, acknowledge } = await gatedOutbox(nodes, { peer: 'reads' })
    const done = settled({ sent: outbox.send(bytesOf('a')) })

    release()
    await read(1)
    done.push(
      ...(await Promise.all([outbox.close().then(() => 'closed'), acknowledge(1)])).slice(0, 1).map(String)
    )
    assert.deepEqual(done, ['sent', 'closed'])
  })

  it('that is missing when the peer ends the stream is known by close()', async () => {
    const { outbox, release, failures } = await gatedOutbox(nodes, { peer: 'reads' })
    const sent = outbox.send(bytesOf('a'))

    release()
    await Promise.all([assert.rejects(sent, { name: 'UnacknowledgedError' }), outbox.close()])
    assert.deepEqual(failures, [])
  })

  const invalid: Array<[string, Uint8Array]> = [
    ['of more than was sent', frame(Buffer.from([0x08, 2]))],
    ['of nothing', frame(Buffer.from([0x08, 0]))],
    ['that is none', frame(Buffer.from([0x0f]))],
    ['that is empty', Buffer.from([0])]
  ]

  for (const [name, bytes] of invalid) {
    it(`${name} ends the stream`, async () => {
      const { outbox, release, remote, failures } = await gatedOutbox(nodes, { peer: 'is still' })
      const sent = outbox.send(bytesOf('a'))

      release()
      await until(() => remote.readBufferLength > 0)
      remote.send(bytes)
      await assert.rejects(sent, { name: 'UnacknowledgedError' })
      assert.deepEqual(
        failures.map((failure) => failure.name),
        ['InvalidAckError']
      )
    })
  }

  it('is not longer than its limit', async () => {
    const { outbox, release, remote, failures } = await gatedOutbox(nodes, { peer: 'is still' })
    const unknownField = (length: number): Uint8Array =>
      frame(Buffer.concat([Buffer.from([0x08, 1, 0x12, length]), Buffer.alloc(length)]))

    release()
    const first = outbox.send(bytesOf('a'))
    await until(() => remote.readBufferLength > 0)
    remote.send(unknownField(60))
    await first

    const second = outbox.send(bytesOf('b'))
    remote.send(unknownField(61))
    await assert.rejects(second, { name: 'UnacknowledgedError' })
    assert.deepEqual(
      failures.map((failure) => failure.name),
      ['FrameTooLargeError']
    )
  })
})
