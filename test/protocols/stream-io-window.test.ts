import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { FrameStream } from '../../protocols/stream-io.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { StreamNodes } from '../support/stream-nodes.ts'
import { until } from '../support/stream-suite.ts'

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
})
