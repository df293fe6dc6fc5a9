import assert from 'node:assert/strict'
import { it } from 'node:test'
import { encode } from 'uint8-varint'
import { FrameStream } from '../../protocols/stream-io.ts'
import { ManualClock, settle } from '../support/manual-clock.ts'
import { describeStreams, until } from '../support/stream-suite.ts'
import type { Stream } from '@libp2p/interface'

const MAX = 32 * 1_024 * 1_024
/** More than one write takes: the rest waits for the remote's window. */
const LARGE = new Uint8Array(MAX)

interface Case {
  raw: [Stream, Stream]
  local: FrameStream
  remote: FrameStream
  clock: ManualClock
}

/** Brings two streams into a state; resolves with what waits in it, at the local end. */
interface Step {
  id: string
  reach(ends: Case): Promise<Array<Promise<unknown>>>
}

const steps: Step[] = [
  { id: 'before the first byte', reach: async () => [] },
  { id: 'while a read waits', reach: async ({ local }) => [local.read()] },
  {
    id: 'within a frame that arrives',
    reach: async ({ raw: [, b], local }) => {
      const reading = local.read()
      b.send(encode(100))
      await until(() => local.unreadBytes > 0)

      return [reading]
    }
  },
  {
    id: 'while sends wait',
    reach: async ({ raw: [, b], local }) => {
      b.pause()
      const sends = [local.send(LARGE), local.send(LARGE), local.sendAll([LARGE, LARGE])]
      await settle()
      assert.ok(local.unsentBytes > MAX)

      return sends
    }
  },
  {
    id: 'while a close waits',
    reach: async ({ raw: [, b], local }) => {
      b.pause()
      const send = local.send(LARGE)
      await settle()

      return [send, local.close()]
    }
  },
  {
    id: 'after the own side was closed',
    reach: async ({ local }) => {
      await local.close()

      return [local.read()]
    }
  },
  {
    id: 'with the stream paused',
    reach: async ({ raw: [a], remote }) => {
      remote.sendAll([new Uint8Array(10), new Uint8Array(2_000_000)]).catch(() => undefined)
      await until(() => a.readStatus === 'paused')
      await settle()

      return []
    }
  }
]

async function start(open: () => Promise<[Stream, Stream]>): Promise<Case> {
  const raw = await open()
  const clock = new ManualClock()
  const local = new FrameStream(raw[0], { maxFrameBytes: MAX, maxReadQueueBytes: 10, clock })
  // Its own frames are never read here, so what it holds is not bounded by its queue.
  const remote = new FrameStream(raw[1], { maxFrameBytes: MAX })

  return { raw, clock, local, remote }
}

async function assertOver(
  { local, clock }: Case,
  waits: Array<Promise<unknown>>,
  error: object
): Promise<void> {
  for (const wait of [...waits, local.read(), local.send(new Uint8Array(1)), local.sendAll([])]) {
    await assert.rejects(wait, error)
  }

  assert.throws(() => local.take(), error)
  // It neither hangs nor makes anything new; it rejects if it is the close that waited.
  await Promise.allSettled([local.close()])
  assert.equal((await local.closed)?.name, 'name' in error ? error.name : undefined)
  assert.equal(clock.pending, 0)
  local.abort(new Error('late'))
}

describeStreams('FrameStream abort', ({ open }) => {
  for (const step of steps) {
    it(`ends everything when it is aborted ${step.id}`, async () => {
      const ends = await start(open)
      const waits = await step.reach(ends)
      const handled = Promise.allSettled(waits)
      const reason = new TypeError('own reason')
      ends.local.abort(reason)
      ends.local.abort(new Error('second'))
      await handled

      await assertOver(ends, waits, reason)
      assert.equal(ends.local.unsentBytes, 0)
      assert.equal((await ends.remote.closed)?.name, 'StreamResetError')
    })

    it(`ends everything when the remote resets it ${step.id}`, async () => {
      const ends = await start(open)
      const waits = await step.reach(ends)
      const handled = Promise.allSettled(waits)
      ends.remote.abort(new Error('remote reason'))
      await handled
      await ends.local.closed

      await assertOver(ends, waits, { name: 'StreamResetError' })
    })
  }

  it('is harmless after both sides were closed', async () => {
    const ends = await start(open)
    await ends.remote.send(Uint8Array.of(1))
    await Promise.all([ends.local.close(), ends.remote.close()])
    assert.equal(await ends.local.closed, undefined)
    assert.deepEqual((await ends.local.read())?.slice(), Uint8Array.of(1))
    assert.equal(await ends.local.read(), null)
    await assert.rejects(ends.local.send(Uint8Array.of(1)), { name: 'StreamStateError' })
    ends.local.abort(new Error('late'))
    assert.equal(ends.clock.pending, 0)
  })

  it('refuses to send after a close, and closes once', async () => {
    const ends = await start(open)
    const closing = ends.local.close()
    assert.equal(ends.local.close(), closing)
    await assert.rejects(ends.local.send(Uint8Array.of(1)), { name: 'StreamStateError' })
    await closing
    // The remote's side goes on.
    await ends.remote.send(Uint8Array.of(2))
    assert.deepEqual((await ends.local.read())?.slice(), Uint8Array.of(2))
    await ends.clock.advance(1_000_000)
    await ends.remote.send(Uint8Array.of(3))
    assert.deepEqual((await ends.local.read())?.slice(), Uint8Array.of(3))
    await ends.remote.close()
    assert.equal(await ends.local.closed, undefined)
  })

  for (const [id, signal, name] of [
    ['its deadline', undefined, 'TimeoutError'],
    ['its signal', (clock: ManualClock) => signalAfter(clock, 2_000), 'AbortError'],
    ['the write timeout when its signal never comes', () => new AbortController().signal, 'WriteTimeoutError']
  ] as const) {
    it(`aborts a close that waits, at ${id}`, async () => {
      const ends = await start(open)
      ends.raw[1].pause()
      const sending = assert.rejects(ends.local.send(LARGE), { name })
      const closing = assert.rejects(ends.local.close({ signal: signal?.(ends.clock) }), { name })
      await settle()
      await ends.clock.advance(1_999)
      assert.equal(ends.raw[0].status, 'open')
      await ends.clock.advance(60_000)
      await Promise.all([sending, closing])
      assert.equal((await ends.local.closed)?.name, name)
      assert.equal(ends.clock.pending, 0)
    })
  }
})

function signalAfter(clock: ManualClock, ms: number): AbortSignal {
  const controller = new AbortController()
  clock.setTimeout(() => controller.abort(), ms)

  return controller.signal
}
