import assert from 'node:assert/strict'
import { it } from 'node:test'
import { encode } from 'uint8-varint'
import { Uint8ArrayList } from 'uint8arraylist'
import { FrameStream } from '../../protocols/stream-io.ts'
import { describeStreams, until } from '../support/stream-suite.ts'

const MAX = 262_144
const init = { maxFrameBytes: MAX }

function pattern(length: number, seed = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => i * 31 + seed)
}

async function readAll(stream: FrameStream): Promise<Uint8Array[]> {
  const frames: Uint8Array[] = []

  for await (const frame of stream) {
    frames.push(frame.slice())
  }

  return frames
}

describeStreams('FrameStream', ({ open, cut }) => {
  it('carries frames of every size both ways, and ends cleanly', async () => {
    const [a, b] = (await open()).map((stream) => new FrameStream(stream, init))
    assert.ok(a != null && b != null)
    const frames = [0, 1, 127, 128, 0, 16_383, 16_384, 65_536, MAX - 1, MAX].map(pattern)

    const sendAndClose = async (stream: FrameStream): Promise<void> => {
      for (const frame of frames) {
        await stream.send(frame)
      }

      await stream.close()
    }

    const [, , atA, atB] = await Promise.all([sendAndClose(a), sendAndClose(b), readAll(a), readAll(b)])
    assert.deepEqual(atA, frames)
    assert.deepEqual(atB, frames)
    assert.deepEqual(await Promise.all([a.closed, b.closed]), [undefined, undefined])
    assert.equal(await a.read(), null)
    assert.equal(b.take(), undefined)
  })

  it('sends many frames in one write', async () => {
    const [a, b] = await open()
    const sender = new FrameStream(a, init)
    const receiver = new FrameStream(b, init)
    let writes = 0
    const send = a.send.bind(a)
    a.send = (data) => {
      writes++

      return send(data)
    }
    const frames = Array.from({ length: 100 }, (_, i) => pattern(i, i))
    await sender.sendAll(frames.map((frame) => new Uint8ArrayList(frame.subarray(0, 1), frame.subarray(1))))
    await sender.sendAll([])
    await sender.close()

    assert.deepEqual(await readAll(receiver), frames)
    assert.equal(writes, 1)
    await receiver.close()
  })

  it('keeps the order of sends that do not wait for one another', async () => {
    const [a, b] = await open()
    const sender = new FrameStream(a, { ...init, maxWriteBufferBytes: 1_000 })
    const receiver = new FrameStream(b, init)
    const frames = Array.from({ length: 200 }, (_, i) => pattern((i * 977) % 20_000, i))
    const sent = Promise.all(frames.map((frame) => sender.send(frame))).then(() => sender.close())

    assert.deepEqual(await readAll(receiver), frames)
    await sent
    await receiver.close()
  })

  it('refuses to send a frame over the limit, sends none of its call, and goes on', async () => {
    const [a, b] = await open()
    const sender = new FrameStream(a, init)
    const receiver = new FrameStream(b, init)

    await assert.rejects(sender.sendAll([pattern(1), pattern(MAX + 1)]), { name: 'FrameTooLargeError' })
    await sender.send(pattern(MAX))
    await sender.close()
    assert.deepEqual(await readAll(receiver), [pattern(MAX)])
    await receiver.close()
  })

  const violations: Array<[string, Uint8Array, string]> = [
    ['a frame over the limit', encode(MAX + 1), 'FrameTooLargeError'],
    ['a prefix that is not minimal', Uint8Array.of(0x81, 0x00), 'InvalidFrameError'],
    ['a prefix that is too long', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x01), 'InvalidFrameError']
  ]

  for (const [id, bytes, name] of violations) {
    it(`resets the stream for ${id}`, async () => {
      const [a, b] = await open()
      const receiver = new FrameStream(b, init)
      const sender = new FrameStream(a, init)
      const waiting = receiver.read()
      a.send(bytes)

      await assert.rejects(waiting, { name })
      await assert.rejects(receiver.read(), { name })
      await assert.rejects(receiver.send(pattern(1)), { name })
      await assert.rejects(sender.read(), { name: 'StreamResetError' })
      assert.equal((await receiver.closed)?.name, name)
      assert.equal((await sender.closed)?.name, 'StreamResetError')
    })
  }

  for (const [id, cutAt] of [
    ['a frame', 10],
    ['a prefix', 5]
  ] as const) {
    it(`gives what was whole when the remote ends within ${id}, and then throws`, async () => {
      const [a, b] = await open()
      const receiver = new FrameStream(b, init)
      a.send(new Uint8ArrayList(encode(3), pattern(3), encode(300), pattern(300)).slice(0, cutAt))
      await a.close()
      await until(() => a.status === 'reset')

      assert.deepEqual((await receiver.read())?.slice(), pattern(3))
      await assert.rejects(receiver.read(), { name: 'UnexpectedEndError' })
      assert.equal((await receiver.closed)?.name, 'UnexpectedEndError')
    })
  }

  it('gives what was whole when the connection is lost, and then throws', async () => {
    const [a, b] = await open()
    const sender = new FrameStream(a, init)
    const receiver = new FrameStream(b, init)
    const idle = new FrameStream((await open())[1], init)
    const waiting = assert.rejects(idle.read(), { name: 'UnexpectedEndError' })
    await sender.send(pattern(5))
    await until(() => receiver.unreadBytes === 6)
    cut()
    await receiver.closed

    assert.deepEqual((await receiver.read())?.slice(), pattern(5))
    await assert.rejects(receiver.read(), { name: 'UnexpectedEndError' })
    await assert.rejects(receiver.send(pattern(1)), { name: 'StreamStateError' })
    await receiver.close()
    await waiting
  })
})
