import assert from 'node:assert/strict'
import { it } from 'node:test'
import { FrameStream } from '../../protocols/stream-io.ts'
import { describeStreams, until } from '../support/stream-suite.ts'
import type { Budget } from '../../protocols/budget.ts'

const KIB = 1_024
const FRAME = 16 * KIB
/** Together half of what a stream may have unread where memory is not short. */
const FRAMES = 32

class CountedBudget implements Budget {
  used = 0
  exhausted = false

  add(bytes: number): void {
    this.used += bytes
  }
}

async function sendAll(stream: FrameStream): Promise<void> {
  for (let i = 0; i < FRAMES; i++) {
    await stream.send(new Uint8Array(FRAME).fill(i))
  }

  await stream.close()
}

describeStreams('FrameStream within a budget', ({ open }) => {
  it('tells of what is unread, and that nothing is once all is read', async () => {
    const [a, b] = await open()
    const budget = new CountedBudget()
    const writer = new FrameStream(a, { maxFrameBytes: FRAME })
    const reader = new FrameStream(b, { maxFrameBytes: FRAME, budget })
    const sent = sendAll(writer)

    await until(() => budget.used > 4 * FRAME)

    for await (const frame of reader) {
      assert.equal(frame.byteLength, FRAME)
      assert.ok(budget.used >= 0)
    }

    assert.equal(budget.used, 0)
    await Promise.all([sent, reader.close()])
  })

  it('holds nothing any more once it is aborted', async () => {
    const [a, b] = await open()
    const budget = new CountedBudget()
    const writer = new FrameStream(a, { maxFrameBytes: FRAME })
    const reader = new FrameStream(b, { maxFrameBytes: FRAME, budget })
    const sent = sendAll(writer)

    sent.catch(() => undefined)
    await until(() => budget.used > 0)
    reader.abort(new Error('enough'))
    assert.equal(budget.used, 0)
    await sent.catch(() => undefined)
  })

  it('goes on frame by frame while memory is short, and loses nothing', async () => {
    const [a, b] = await open()
    const budget = new CountedBudget()
    const writer = new FrameStream(a, { maxFrameBytes: FRAME })
    const reader = new FrameStream(b, { maxFrameBytes: FRAME, budget })
    let read = 0

    budget.exhausted = true

    const sent = sendAll(writer)

    await until(() => b.readStatus === 'paused')

    for await (const frame of reader) {
      assert.equal(frame.get(0), read++)
      budget.exhausted = read < FRAMES / 2
    }

    assert.equal(read, FRAMES)
    assert.equal(budget.used, 0)
    await Promise.all([sent, reader.close()])
  })
})
