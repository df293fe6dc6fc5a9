import assert from 'node:assert/strict'
import { it } from 'node:test'
import { encode } from 'uint8-varint'
import { FrameStream } from '../../protocols/stream-io.ts'
import { ManualClock, settle } from '../support/manual-clock.ts'
import { describeStreams, until } from '../support/stream-suite.ts'

const KIB = 1_024
const MAX = 64 * KIB
const MARK = 128 * KIB
/** More than the buffers of both ends, both sockets and the largest Yamux window (16 MiB) hold. */
const STALLING_BYTES = 64 * KIB * KIB

/**
 * Sends numbered frames until a send waits for the other end; resolves with how many were handed over.
 *
 * @param roundTrip - resolves after the other end has answered something over the same connection, and so has answered what came before
 */
async function sendUntilFull(
  stream: FrameStream,
  roundTrip: () => Promise<void>
): Promise<{ sent: number; waiting: Promise<void> }> {
  for (let sent = 0; sent * MAX < STALLING_BYTES; sent++) {
    const state = { settled: false }
    const waiting = stream.send(new Uint8Array(MAX).fill(sent)).finally(() => {
      state.settled = true
    })
    // A wait that the test ends is expected by whoever awaits it.
    waiting.catch(() => undefined)
    await settle()

    // nothing has left, and the other end has answered since: it takes no more
    for (let unsent = Infinity; !state.settled;) {
      if (stream.unsentBytes === unsent) {
        return { sent: sent + 1, waiting }
      }

      unsent = stream.unsentBytes
      await roundTrip()
    }
  }

  throw new Error('nothing pushed back')
}

describeStreams('FrameStream flow', ({ open }) => {
  async function roundTrip(): Promise<void> {
    for (const stream of await open()) {
      stream.abort(new Error('no longer needed'))
    }
  }

  it('makes the writer wait for a reader that does not read, with bounded buffers, and loses nothing', async () => {
    const [a, b] = await open()
    const writer = new FrameStream(a, { maxFrameBytes: MAX, maxWriteBufferBytes: MARK })
    const reader = new FrameStream(b, { maxFrameBytes: MAX, maxReadQueueBytes: MARK })
    const { sent, waiting } = await sendUntilFull(writer, roundTrip)

    assert.equal(b.readStatus, 'paused')
    assert.ok(writer.unsentBytes > MARK && writer.unsentBytes <= MARK + MAX + 3)
    // The queue's limit and what may come in one piece, then the window.
    assert.ok(reader.unreadBytes <= MARK + 2 * 16 * KIB * KIB)

    const closing = waiting.then(() => writer.close())
    let read = 0

    for await (const frame of reader) {
      assert.deepEqual(frame.slice(), new Uint8Array(MAX).fill(read++))
    }

    assert.equal(read, sent)
    await Promise.all([closing, reader.close()])
  })

  it('receives a frame larger than the read queue', async () => {
    const [a, b] = await open()
    const large = KIB * KIB
    const writer = new FrameStream(a, { maxFrameBytes: large })
    const reader = new FrameStream(b, { maxFrameBytes: large, maxReadQueueBytes: 10 })

    for (let i = 0; i < 3; i++) {
      void writer.send(new Uint8Array(large).fill(i))
    }

    for (let i = 0; i < 3; i++) {
      assert.deepEqual((await reader.read())?.slice(), new Uint8Array(large).fill(i))
    }

    await Promise.all([writer.close(), reader.close()])
  })

  it('aborts a stream whose remote takes nothing for the write timeout, and not before', async () => {
    const clock = new ManualClock()
    const [a, b] = await open()
    const writer = new FrameStream(a, {
      maxFrameBytes: MAX,
      maxWriteBufferBytes: MARK,
      writeTimeoutMs: 1_000,
      clock
    })
    const reader = new FrameStream(b, { maxFrameBytes: MAX, maxReadQueueBytes: MARK })
    const { waiting } = await sendUntilFull(writer, roundTrip)
    const { waiting: more } = await sendUntilFull(writer, roundTrip)

    await clock.advance(999)
    assert.equal(a.status, 'open')
    await clock.advance(1)
    await assert.rejects(waiting, { name: 'WriteTimeoutError' })
    await assert.rejects(more, { name: 'WriteTimeoutError' })
    await assert.rejects(writer.send(new Uint8Array(1)), { name: 'WriteTimeoutError' })
    assert.equal((await writer.closed)?.name, 'WriteTimeoutError')
    assert.equal((await reader.closed)?.name, 'StreamResetError')
    assert.equal(clock.pending, 0)
  })

  it('gives a slow reader time as long as some bytes move', async () => {
    const clock = new ManualClock()
    const [a, b] = await open()
    const writer = new FrameStream(a, {
      maxFrameBytes: MAX,
      maxWriteBufferBytes: MARK,
      writeTimeoutMs: 1_000,
      clock
    })
    const reader = new FrameStream(b, { maxFrameBytes: MAX, maxReadQueueBytes: MARK })
    const { sent, waiting } = await sendUntilFull(writer, roundTrip)
    const total = sent + 400
    const sending = (async () => {
      await waiting

      for (let i = sent; i < total; i++) {
        await writer.send(new Uint8Array(MAX).fill(i))
      }

      await writer.close()
    })()

    let read = 0
    let unsent = writer.unsentBytes

    while ((await reader.read()) != null) {
      if (writer.unsentBytes !== unsent) {
        unsent = writer.unsentBytes
        await clock.advance(600)
      }

      read++
    }

    await sending
    assert.equal(read, total)
    assert.equal(clock.pending, 0)
    await reader.close()
  })

  it('aborts a stream whose frame is not whole in time, however its bytes trickle', async () => {
    const clock = new ManualClock()
    const [a, b] = await open()
    const reader = new FrameStream(b, { maxFrameBytes: MAX, frameTimeoutMs: 1_000, clock })
    const reading = assert.rejects(reader.read(), { name: 'FrameTimeoutError' })
    a.send(encode(200))
    await until(() => reader.unreadBytes === 2)

    for (let i = 1; i <= 9; i++) {
      await clock.advance(100)
      a.send(new Uint8Array(1))
      await until(() => reader.unreadBytes === 2 + i)
    }

    await clock.advance(99)
    assert.equal(b.status, 'open')
    await clock.advance(1)
    await reading
    assert.equal((await reader.closed)?.name, 'FrameTimeoutError')
    assert.equal(clock.pending, 0)
  })

  it('gives each frame its own time, and none to the pause between frames', async () => {
    const clock = new ManualClock()
    const [a, b] = await open()
    const reader = new FrameStream(b, { maxFrameBytes: MAX, frameTimeoutMs: 1_000, clock })
    await clock.advance(5_000)

    for (let i = 0; i < 4; i++) {
      // The end of one frame and the beginning of the next arrive together.
      a.send(i === 0 ? Uint8Array.of(2, 0) : Uint8Array.of(0, 2, 0))
      await until(() => reader.unreadBytes === 3 * i + 2)
      await clock.advance(900)
    }

    a.send(Uint8Array.of(0))
    await until(() => reader.unreadBytes === 12)
    assert.equal(clock.pending, 0)
    await clock.advance(5_000)
    assert.equal(b.status, 'open')
    reader.abort(new Error('done'))
  })

  it('does not time a frame whose rest a slow reader has not let in', async () => {
    const clock = new ManualClock()
    const [a, b] = await open()
    const reader = new FrameStream(b, {
      maxFrameBytes: MAX,
      maxReadQueueBytes: 2,
      frameTimeoutMs: 1_000,
      clock
    })
    a.send(Uint8Array.of(1, 7, 1, 8, 5, 1, 2))
    await until(() => b.readStatus === 'paused')
    await clock.advance(60_000)
    assert.equal(clock.pending, 0)

    assert.deepEqual((await reader.read())?.slice(), Uint8Array.of(7))
    assert.deepEqual((await reader.read())?.slice(), Uint8Array.of(8))
    assert.equal(clock.pending, 1)
    await clock.advance(1_000)
    await assert.rejects(reader.read(), { name: 'FrameTimeoutError' })
  })

  it('loses no byte and no frame to signals that end waits', async () => {
    const [a, b] = await open()
    const writer = new FrameStream(a, { maxFrameBytes: MAX, maxWriteBufferBytes: MARK })
    const reader = new FrameStream(b, { maxFrameBytes: MAX, maxReadQueueBytes: MARK })
    const gone = AbortSignal.abort(new Error('gone'))
    await assert.rejects(reader.read({ signal: gone }), /gone/)
    await assert.rejects(writer.send(Uint8Array.of(1), { signal: gone }), /gone/)

    const readSignal = new AbortController()
    const reading = reader.read({ signal: readSignal.signal })
    await assert.rejects(reader.read(), { name: 'StreamStateError' })
    readSignal.abort(new Error('enough'))
    await assert.rejects(reading, /enough/)

    const { sent, waiting } = await sendUntilFull(writer, roundTrip)
    const sendSignal = new AbortController()
    const sending = writer.send(Uint8Array.of(42), { signal: sendSignal.signal })
    sendSignal.abort(new Error('too slow'))
    await assert.rejects(sending, /too slow/)
    const closing = waiting.then(() => writer.close())

    for (let i = 0; i < sent; i++) {
      assert.equal((await reader.read())?.byteLength, MAX)
    }

    assert.deepEqual((await reader.read())?.slice(), Uint8Array.of(42))
    assert.equal(await reader.read(), null)
    await Promise.all([closing, reader.close()])
  })
})
