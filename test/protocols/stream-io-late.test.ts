import assert from 'node:assert/strict'
import { it } from 'node:test'
import { FrameStream } from '../../protocols/stream-io.ts'
import { describeStreams, until } from '../support/stream-suite.ts'

const MIB = 1_048_576
const init = { maxFrameBytes: MIB }

describeStreams('FrameStream made late', ({ open, cut }) => {
  it('reads what had arrived', async () => {
    const [a, b] = await open()
    const sender = new FrameStream(a, init)
    await sender.sendAll([Uint8Array.of(1), new Uint8Array(0)])
    await until(() => b.readBufferLength === 3)
    const late = new FrameStream(b, init)

    assert.deepEqual((await late.read())?.slice(), Uint8Array.of(1))
    assert.equal((await late.read())?.byteLength, 0)
    await Promise.all([sender.close(), late.close()])
    assert.equal(await late.closed, undefined)
  })

  for (const frames of [[], [Uint8Array.of(1), Uint8Array.of(2)]]) {
    it(`reads ${frames.length} frames that arrived with the end of the remote's side`, async () => {
      const [a, b] = await open()
      const sender = new FrameStream(a, init)
      await sender.sendAll(frames)
      await sender.close()
      await until(() => b.remoteWriteStatus === 'closed')
      const late = new FrameStream(b, init)

      for (const frame of frames) {
        assert.deepEqual((await late.read())?.slice(), frame)
      }

      assert.equal(await late.read(), null)
      await late.send(Uint8Array.of(3))
      await late.close()
      assert.deepEqual((await sender.read())?.slice(), Uint8Array.of(3))
      assert.equal(await sender.read(), null)
      assert.deepEqual(await Promise.all([late.closed, sender.closed]), [undefined, undefined])
    })
  }

  it('goes on with a stream that was paused before', async () => {
    const [a, b] = await open()
    b.pause()
    const sender = new FrameStream(a, init)
    const sending = sender.sendAll([new Uint8Array(MIB), new Uint8Array(MIB)])
    await until(() => b.readBufferLength > 0)
    const late = new FrameStream(b, init)

    assert.equal((await late.read())?.byteLength, MIB)
    assert.equal((await late.read())?.byteLength, MIB)
    await sending
    await Promise.all([sender.close(), late.close()])
  })

  it('throws for a stream that was reset', async () => {
    const [a, b] = await open()
    a.abort(new Error('gone'))
    await until(() => b.status === 'reset')
    const late = new FrameStream(b, init)
    const early = new FrameStream(a, init)

    await assert.rejects(late.read(), { name: 'StreamResetError' })
    await assert.rejects(late.send(Uint8Array.of(1)), { name: 'StreamResetError' })
    await assert.rejects(early.read(), { name: 'StreamAbortedError' })
    await Promise.all([late.close(), early.close()])
    assert.equal((await late.closed)?.name, 'StreamResetError')
    assert.equal((await early.closed)?.name, 'StreamAbortedError')
  })

  it('throws for a stream whose connection was lost, after what had arrived', async () => {
    const [a, b] = await open()
    a.send(Uint8Array.of(1, 5))
    await until(() => b.readBufferLength === 2)
    cut()
    await until(() => b.status === 'closed')
    const late = new FrameStream(b, init)

    assert.deepEqual((await late.read())?.slice(), Uint8Array.of(5))
    await assert.rejects(late.read(), { name: 'UnexpectedEndError' })
    await assert.rejects(late.send(Uint8Array.of(1)), { name: 'StreamStateError' })
    await late.close()
    assert.equal(await late.closed, undefined)
  })

  it('reads all that came before a clean end, even if the stream was reset after it', async () => {
    const [a, b] = await open()
    const sender = new FrameStream(a, init)
    const reader = new FrameStream(b, { ...init, maxReadQueueBytes: 10 })
    await sender.sendAll([new Uint8Array(20), new Uint8Array(20)])
    await until(() => b.readStatus === 'paused')
    await sender.sendAll([new Uint8Array(100_000), new Uint8Array(1)])
    await sender.close()
    await until(() => b.remoteWriteStatus === 'closed')
    sender.abort(new Error('could not wait'))
    await reader.closed

    const sizes: number[] = []

    for await (const frame of reader) {
      sizes.push(frame.byteLength)
    }

    assert.deepEqual(sizes, [20, 20, 100_000, 1])
  })

  it('reads all that came before the loss of the connection while it was paused', async () => {
    const [a, b] = await open()
    const sender = new FrameStream(a, init)
    const reader = new FrameStream(b, { ...init, maxReadQueueBytes: 10 })
    await sender.sendAll([new Uint8Array(20), new Uint8Array(20)])
    await until(() => b.readStatus === 'paused')
    await sender.send(new Uint8Array(100_000))
    await until(() => reader.unreadBytes > 100_000)
    cut()
    await reader.closed

    assert.equal((await reader.read())?.byteLength, 20)
    assert.equal((await reader.read())?.byteLength, 20)
    assert.equal((await reader.read())?.byteLength, 100_000)
    await assert.rejects(reader.read(), { name: 'UnexpectedEndError' })
  })
})
