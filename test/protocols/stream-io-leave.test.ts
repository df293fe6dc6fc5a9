import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { FrameStream } from '../../protocols/stream-io.ts'
import { ManualClock, settle } from '../support/manual-clock.ts'
import { StreamNodes } from '../support/stream-nodes.ts'
import { until } from '../support/stream-suite.ts'

const MAX = 1_024
const CLOSE_TIMEOUT_MS = 5_000
const REASON = new Error('enough of it')

describe('a stream that is left', () => {
  let nodes: StreamNodes

  before(async () => {
    nodes = await StreamNodes.create({ transport: 'tcp' })
  })
  after(() => nodes.stop())

  it('carries what was written before, and is not reset while the remote has time to end its side', async () => {
    const clock = new ManualClock()
    const [local, remote] = await nodes.open('dialler')
    const leaving = new FrameStream(local, { maxFrameBytes: MAX, clock })

    // a remote that reads late
    remote.pause()
    await leaving.send(Buffer.from('the last word'))
    leaving.leave(REASON)
    await until(() => remote.remoteWriteStatus === 'closed')
    await clock.advance(CLOSE_TIMEOUT_MS - 1)

    const frames = new FrameStream(remote, { maxFrameBytes: MAX })

    assert.equal(Buffer.from((await frames.read())?.subarray() ?? []).toString(), 'the last word')
    assert.equal(await frames.read(), null)
    await frames.close()
    assert.equal(await leaving.closed, undefined)
    assert.equal(clock.pending, 0)
  })

  it('is reset when the remote does not end its side in time', async () => {
    const clock = new ManualClock()
    const [local, remote] = await nodes.open('dialler')
    const leaving = new FrameStream(local, { maxFrameBytes: MAX, clock })

    leaving.leave(REASON)
    await until(() => remote.remoteWriteStatus === 'closed')
    assert.equal(local.status, 'open')
    await clock.advance(CLOSE_TIMEOUT_MS)
    assert.equal(await leaving.closed, REASON)
    await until(() => remote.status === 'reset')
    assert.equal(clock.pending, 0)
  })

  it('takes no more than its window, and keeps nothing of it', async () => {
    const [local, remote] = await nodes.open('dialler')
    const leaving = new FrameStream(local, { maxFrameBytes: MAX, clock: new ManualClock() })
    let unsent = 0

    leaving.leave(REASON)
    remote.send(new Uint8Array(16 * 1_048_576))

    do {
      unsent = remote.writeBufferLength
      await new Promise<void>((resolve) => setTimeout(resolve, 50))
    } while (remote.writeBufferLength < unsent)

    assert.ok(unsent > 0)
    assert.equal(leaving.unreadBytes, 0)
    leaving.abort(REASON)
  })

  it('ends a read and every later one with the reason, and sends nothing more', async () => {
    const [local] = await nodes.open('dialler')
    const leaving = new FrameStream(local, { maxFrameBytes: MAX, clock: new ManualClock() })
    const read = leaving.read()

    leaving.leave(REASON)
    leaving.leave(new Error('twice is once'))
    await assert.rejects(read, REASON)
    await assert.rejects(leaving.read(), REASON)
    await settle()
    await assert.rejects(leaving.send(Buffer.from('late')))
    leaving.abort(REASON)
  })

  it('is over at once when it has ended already', async () => {
    const clock = new ManualClock()
    const [local, remote] = await nodes.open('dialler')
    const leaving = new FrameStream(local, { maxFrameBytes: MAX, clock })

    remote.abort(new Error('it went'))
    await leaving.closed
    leaving.leave(REASON)
    await settle()
    assert.equal(clock.pending, 0)
  })
})
