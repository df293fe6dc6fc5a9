import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { ManualClock, settle } from '../../support/manual-clock.ts'
import { StreamNodes } from '../../support/stream-nodes.ts'
import { bytesOf, gatedOutbox } from './support/gated-outbox.ts'

const MIB = new Uint8Array(1_048_576)

describe('end of an outbox', () => {
  let nodes: StreamNodes

  before(async () => {
    nodes = await StreamNodes.create({ transport: 'tcp' })
  })
  after(() => nodes.stop())

  /** A message that is being written to a peer that reads nothing, and one that waits. */
  async function stalled(
    clock?: ManualClock
  ): Promise<
    Awaited<ReturnType<typeof gatedOutbox>> & { writing: Promise<unknown>; waiting: Promise<unknown> }
  > {
    const gated = await gatedOutbox(nodes, { clock, peer: 'is still' })

    gated.remote.pause()
    gated.release()
    const writing = gated.outbox.send(MIB)
    const waiting = gated.outbox.send(MIB)

    writing.catch(() => {})
    waiting.catch(() => {})
    await settle()
    assert.equal(gated.outbox.queuedMessages, 1)

    return { ...gated, writing, waiting }
  }

  it('with the stream rejects all, and is told once', async () => {
    const { outbox, remote, writing, waiting, failures } = await stalled()

    remote.abort(new Error('the peer went'))

    for (const [sent, name] of [
      [writing, 'UnacknowledgedError'],
      [waiting, 'OutboxClosedError']
    ] as const) {
      await assert.rejects(sent, (err: Error) => {
        assert.equal(err.name, name)
        assert.equal((err.cause as Error).name, 'StreamResetError')

        return true
      })
    }

    await assert.rejects(outbox.send(bytesOf('late')), { name: 'OutboxClosedError' })
    outbox.abort(new Error('the link is closed now'))
    assert.deepEqual(
      failures.map(({ name }) => name),
      ['StreamResetError']
    )
    assert.deepEqual([outbox.queuedMessages, outbox.queuedBytes], [0, 0])
  })

  it('comes when the peer reads nothing for the write timeout', async () => {
    const clock = new ManualClock()
    const { writing, waiting, failures } = await stalled(clock)

    await clock.advance(29_999)
    assert.equal(failures.length, 0)
    await clock.advance(1)
    await assert.rejects(writing, { name: 'UnacknowledgedError' })
    await assert.rejects(waiting, { name: 'OutboxClosedError' })
    assert.deepEqual(
      failures.map(({ name }) => name),
      ['WriteTimeoutError']
    )
    assert.equal(clock.pending, 0)
  })

  it('comes when the stream cannot be opened', async () => {
    const { outbox, refuse, failures } = await gatedOutbox(nodes)
    const sends = [outbox.send(bytesOf('a')), outbox.send(bytesOf('b'), { priority: 'low' })]

    refuse(new Error('no stream'))

    for (const result of await Promise.allSettled(sends)) {
      assert.equal(result.status === 'rejected' && (result.reason as Error).name, 'OutboxClosedError')
    }

    assert.deepEqual(
      failures.map(({ message }) => message),
      ['no stream']
    )
  })

  it('comes when the stream is not open within the write timeout', async () => {
    const clock = new ManualClock()
    const { outbox, failures } = await gatedOutbox(nodes, {
      clock,
      open: async ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error))
        })
    })
    const sent = outbox.send(bytesOf('a'))

    sent.catch(() => {})
    await clock.advance(30_000)
    await assert.rejects(sent, { name: 'OutboxClosedError' })
    assert.deepEqual(
      failures.map(({ name }) => name),
      ['TimeoutError']
    )
    assert.equal(clock.pending, 0)
  })

  it('by close() sends what waits first, and takes nothing more', async () => {
    const { outbox, release, read, failures } = await gatedOutbox(nodes)
    const sends = [outbox.send(bytesOf('a')), outbox.send(bytesOf('b'), { priority: 'low' })]
    const closed = outbox.close()

    await assert.rejects(outbox.send(bytesOf('late')), { name: 'OutboxClosedError' })
    release()
    await Promise.all([...sends, closed])
    assert.deepEqual(await read(), ['a', 'b'])
    assert.deepEqual(failures, [])
  })

  it('by close() within its signal rejects what could not be sent', async () => {
    const { outbox, writing, waiting, failures, local } = await stalled()

    await assert.rejects(outbox.close({ signal: AbortSignal.abort(new Error('no time')) }), {
      message: 'no time'
    })
    await assert.rejects(writing, { name: 'UnacknowledgedError' })
    await assert.rejects(waiting, { name: 'OutboxClosedError' })
    assert.equal(local.status, 'aborted')
    assert.deepEqual(failures, [])
  })

  it('by close() before anything was sent opens no stream', async () => {
    const { outbox } = await gatedOutbox(nodes, { open: () => assert.fail('opened') })

    await outbox.close()
    await assert.rejects(outbox.send(bytesOf('a')), { name: 'OutboxClosedError' })
  })

  it('by abort() rejects all and is no failure', async () => {
    const { outbox, writing, waiting, failures, local } = await stalled()
    const reason = new Error('the link was closed')

    outbox.abort(reason)

    for (const [send, name] of [
      [writing, 'UnacknowledgedError'],
      [waiting, 'OutboxClosedError'],
      [outbox.send(bytesOf('late')), 'OutboxClosedError']
    ] as const) {
      await assert.rejects(send, (err: Error) => {
        assert.equal(err.name, name)
        assert.equal(err.cause, reason)

        return true
      })
    }

    await settle()
    assert.equal(local.status, 'aborted')
    assert.deepEqual(failures, [])
  })

  it('by abort() while the stream is opened leaves no stream behind', async () => {
    const { outbox, release, failures, local } = await gatedOutbox(nodes)
    const sent = outbox.send(bytesOf('a'))

    sent.catch(() => {})
    outbox.abort(new Error('the link was closed'))
    release()
    await assert.rejects(sent, { name: 'OutboxClosedError' })
    await settle()
    assert.equal(local.status, 'aborted')
    assert.deepEqual(failures, [])
  })
})
