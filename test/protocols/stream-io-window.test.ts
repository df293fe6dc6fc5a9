import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { FrameStream } from '../../protocols/stream-io.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { StreamNodes } from '../support/stream-nodes.ts'
import { until } from '../support/stream-suite.ts'
import type { Stream } from '@libp2p/interface'

/** Yamux's smallest window; as the largest it keeps the window from growing. */
const WINDOW = 262_144
const FRAME = 16_384
const MARK = 65_536

describe('FrameStream with fixed windows', () => {
  let nodes: StreamNodes

  before(async () => {
    nodes = await StreamNodes.create({ transport: 'tcp', maxStreamWindowSize: WINDOW })
  })
  after(() => nodes.stop())

  it('holds no more than the queue and two windows at each moment of a long transfer', async () => {
    const [a, b] = await nodes.open('dialler')
    const writer = new FrameStream(a, { maxFrameBytes: FRAME, maxWriteBufferBytes: MARK })
    const reader = new FrameStream(b, { maxFrameBytes: FRAME, maxReadQueueBytes: MARK })
    const frames = 1_000
    const sending = (async () => {
      for (let i = 0; i < frames; i++) {
        await writer.send(new Uint8Array(FRAME).fill(i))
      }

      await writer.close()
    })()
    let peak = 0

    for (let i = 0; i < frames; i++) {
      assert.deepEqual((await reader.read())?.slice(), new Uint8Array(FRAME).fill(i))

      // A reader that lets everything arrive that may.
      for (let turn = 0; turn < 5; turn++) {
        await nextTurn()
        peak = Math.max(peak, reader.unreadBytes)
      }
    }

    assert.equal(await reader.read(), null)
    assert.ok(peak > MARK && peak <= MARK + FRAME + 2 * WINDOW, `held ${peak} bytes`)
    await Promise.all([sending, reader.close()])
  })

  it('takes any byte that leaves the write buffer for progress', async () => {
    const clock = new ManualClock()
    const [a, b] = await nodes.open('dialler')
    const large = 32 * WINDOW
    const writer = new FrameStream(a, { maxFrameBytes: large, writeTimeoutMs: 1_000, clock })
    b.addEventListener('message', () => undefined)
    b.pause()
    const sending = assert.rejects(writer.send(new Uint8Array(large)), { name: 'WriteTimeoutError' })

    for (let i = 0; i < 10; i++) {
      // The window is used up: to resume opens it once more.
      await until(() => b.readBufferLength > WINDOW / 2)
      const unsent = writer.unsentBytes
      b.resume()
      b.pause()
      await until(() => writer.unsentBytes < unsent)
      assert.ok(writer.unsentBytes > 0)
      await clock.advance(999)
      assert.equal(a.status, 'open')
    }

    await clock.advance(1)
    await sending
  })

  it('leaves a stream alone that it has closed, whatever the connection does', async () => {
    const clock = new ManualClock()
    const [a, b] = await nodes.open('dialler')
    const closed = new FrameStream(a, { maxFrameBytes: FRAME, clock })
    await closed.close()
    // As the muxer does for each of its streams when the connection has drained.
    a.dispatchEvent(new Event('drain'))
    await clock.advance(1_000_000)
    assert.equal(clock.pending, 0)
    b.send(Uint8Array.of(1, 7))
    assert.deepEqual((await closed.read())?.slice(), Uint8Array.of(7))
    closed.abort(new Error('done'))
  })

  it('aborts a close that waits for a connection that takes nothing, though all was written', async () => {
    const clock = new ManualClock()
    const [a] = await nodes.open('dialler')
    const stream = new FrameStream(a, { maxFrameBytes: FRAME, writeTimeoutMs: 1_000, clock })
    const others: Stream[] = []

    for (let i = 0; i < 100; i++) {
      others.push((await nodes.open('dialler'))[0])
    }

    nodes.stall()
    // One window each, until the sockets hold no more.
    for (const other of others) {
      other.send(new Uint8Array(WINDOW))
      await nextTurn()
    }

    assert.ok(a.writableNeedsDrain)
    assert.equal(stream.unsentBytes, 0)
    const closing = assert.rejects(stream.close({ signal: new AbortController().signal }), {
      name: 'WriteTimeoutError'
    })
    await clock.advance(999)
    assert.equal(a.status, 'open')
    await clock.advance(1)
    await closing
    nodes.cut()
  })
})
