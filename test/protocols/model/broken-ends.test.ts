import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { after, before, describe, it } from 'node:test'
import { randomBytes } from 'node:crypto'
import { MAX_CHUNK_BYTES, MIN_CHUNK_BYTES } from '../../../protocols/model/limits.ts'
import { SinkEnd } from '../../../protocols/model/index.ts'
import { ManualClock, settle } from '../../support/manual-clock.ts'
import { StreamNodes } from '../../support/stream-nodes.ts'
import { until } from '../../support/stream-suite.ts'
import { createModel } from './support/headers.ts'
import { MemorySource } from './support/memory-source.ts'
import { acceptOffer, Collector, expectFrame, openSource, openStreams } from './support/transfer.ts'
import type { ModelFrame, Range } from '../../../protocols/model/types.ts'

type Sent = ModelFrame | { index: number; data: Uint8Array }

const CHUNKS = 20
/** Chunks that a sink keeps at the same time. */
const MAX_KEEPING = 4
const protocolError = { name: 'ModelProtocolError' }
const accept = (ranges: Range[]): ModelFrame => ({
  type: 'answer',
  status: 'ACCEPT',
  reason: 'UNSPECIFIED',
  complete: false,
  ranges
})

describe('a transfer that breaks', () => {
  let nodes: StreamNodes
  const model = createModel(MIN_CHUNK_BYTES * CHUNKS)

  before(async () => {
    nodes = await StreamNodes.create({ transport: 'tcp' })
  })

  after(async () => nodes.stop())

  const wrong: Array<{ id: string; answer: ModelFrame; next?: ModelFrame }> = [
    { id: 'no answer', answer: { type: 'complete' } },
    { id: 'a range beyond the last chunk', answer: accept([{ start: 19, count: 2 }]) },
    { id: 'an empty range', answer: accept([{ start: 1, count: 0 }]) },
    {
      id: 'a chunk twice in one frame',
      answer: accept([
        { start: 0, count: 2 },
        { start: 1, count: 1 }
      ])
    },
    {
      id: 'a chunk twice',
      answer: accept([{ start: 0, count: 2 }]),
      next: { type: 'request', ranges: [{ start: 1, count: 1 }] }
    },
    { id: 'a chunk from the sink', answer: accept([]), next: { type: 'chunk', index: 0 } },
    { id: 'a second answer', answer: accept([]), next: accept([]) }
  ]

  for (const { id, answer, next } of wrong) {
    it(`resets the stream of a sink that sends ${id}`, async () => {
      const [end, far] = await openSource(nodes, new MemorySource(await model))
      const failed = assert.rejects(end.offer(), protocolError)

      await expectFrame(far, 'offer')
      await far.send(answer)

      if (next != null) {
        await far.send(next)
      }

      await failed
      await assert.rejects(
        async () => {
          while ((await far.read())?.type === 'chunk') {
            await far.readChunk()
          }
        },
        { name: 'StreamResetError' }
      )
    })
  }

  it('resets the stream of a sink that wants the header and answers the offer', async () => {
    const { signed } = await model
    const [end, far] = await openSource(nodes, new MemorySource(await model))
    const failed = assert.rejects(
      end.serve({ type: 'want', id: signed.id, header: true, ranges: [] }),
      protocolError
    )

    await expectFrame(far, 'offer')
    await far.send(accept([{ start: 0, count: 1 }]))
    await failed
  })

  /** What a sink that has asked for the chunks 0 and 1 says of a source that sends this. */
  async function fromSource(send: Sent[], end = false): Promise<Error> {
    const [near, far] = await openStreams(nodes)
    const sink = new SinkEnd(near, (await model).signed, { offered: false, complete: true })

    sink.request([0, 1])
    const failed = sink.run({ onChunk: async () => {}, onComplete: () => {} }).then(
      () => assert.fail('the sink was content'),
      (err: Error) => err
    )

    for (const part of send) {
      await ('data' in part ? far.sendChunk(part.index, part.data) : far.send(part))
    }

    if (end) {
      await far.leave()
    }

    return failed
  }

  it('tells of a wrong chunk', async () => {
    const { chunks } = await model
    const error = await fromSource([{ index: 0, data: chunks[1] as Uint8Array }])

    assert.equal(error.name, 'InvalidChunkError')
  })

  it('tells of a source that goes on after the end, and not of what was under way', async () => {
    const { chunks, signed } = await model
    const [near, far] = await openStreams(nodes)
    const sink = new SinkEnd(near, signed, { offered: false, complete: true })
    const data = chunks[0] as Uint8Array

    sink.request([0, 1])
    sink.finish()

    const failed = assert.rejects(sink.run({ onChunk: async () => {}, onComplete: () => {} }), protocolError)

    await far.sendChunk(0, data)
    await far.sendChunk(1, data)
    await far.sendChunk(1, data)
    await failed
  })

  it('tells of a chunk of another length', async () => {
    for (const length of [0, MIN_CHUNK_BYTES - 1, MIN_CHUNK_BYTES + 1, MAX_CHUNK_BYTES]) {
      const error = await fromSource([{ index: 0, data: randomBytes(length) }])

      assert.equal(error.name, 'InvalidChunkError')
    }
  })

  it('resets the stream of a source that sends what has no place', async () => {
    const data = (await model).chunks[0] as Uint8Array

    for (const send of [
      [{ index: 2, data }],
      [
        { index: 0, data },
        { index: 0, data }
      ],
      [{ type: 'request', ranges: [] }],
      [{ type: 'want', id: 'ab'.repeat(32), header: false, ranges: [] }]
    ] as Sent[][]) {
      assert.equal((await fromSource(send)).name, 'ModelProtocolError')
    }

    assert.equal((await fromSource([{ type: 'chunk', index: 0 }], true)).name, 'ModelProtocolError')
  })

  it('tells that the source was lost', async () => {
    assert.equal((await fromSource([], true)).name, 'ModelStreamEndedError')
  })

  it('tells why the source gave up', async () => {
    const error = await fromSource([{ type: 'cancel', reason: 'FAILED' }])

    assert.equal(error.name, 'ModelRefusedError')
    assert.equal((error as Error & { reason: string }).reason, 'FAILED')
  })

  it('is ended by what fails to keep a chunk', async () => {
    const [end, far] = await openSource(nodes, new MemorySource(await model))
    const lost = assert.rejects(end.offer(), { name: 'StreamResetError' })
    const sink = await acceptOffer(far)

    sink.request([0, 1, 2, 3, 4, 5, 6, 7])
    await assert.rejects(
      sink.run({
        onChunk: async () => {
          throw new Error('disk is full')
        },
        onComplete: () => {}
      }),
      /disk is full/
    )
    await lost
  })

  it('does not read on while chunks wait to be kept', async () => {
    const [end, far] = await openSource(nodes, new MemorySource(await model))
    const outcome = end.offer()
    const sink = await acceptOffer(far)
    const keep: Array<() => void> = []
    let kept = 0
    let most = 0

    sink.request([...(await model).chunks.keys()])
    const running = sink.run({
      onChunk: async () => {
        await new Promise<void>((resolve) => keep.push(resolve))

        if (++kept === CHUNKS) {
          sink.finish()
        }
      },
      onComplete: () => {}
    })

    for (let left = CHUNKS; left > 0; left--) {
      await until(() => keep.length >= Math.min(MAX_KEEPING, left), 'as many wait as may')
      // an answer of the other end: what it had sent before has been read, if any of it is
      await openStreams(nodes)
      most = Math.max(most, keep.length)
      keep.shift()?.()
      await settle()
    }

    await running
    assert.equal(await outcome, 'delivered')
    assert.equal(most, MAX_KEEPING)
  })

  it('is cancelled by the sink', async () => {
    const [end, far] = await openSource(nodes, new MemorySource(await model))
    const cancelled = assert.rejects(end.offer(), { name: 'ModelRefusedError', reason: 'CANCELLED' })
    const sink = await acceptOffer(far)

    sink.request([...(await model).chunks.keys()])
    const running = new Collector(sink, Infinity).run()

    sink.cancel('CANCELLED')
    await Promise.all([running, cancelled])
  })

  it('is cancelled by a signal of the source', async () => {
    const controller = new AbortController()
    const [end, far] = await openSource(nodes, new MemorySource(await model, [0]))
    const aborted = assert.rejects(end.offer({ signal: controller.signal }), /enough/)
    const sink = await acceptOffer(far)

    sink.request([0, 1])
    const refused = assert.rejects(
      sink.run({ onChunk: async () => controller.abort(new Error('enough')), onComplete: () => {} }),
      { name: 'ModelRefusedError', reason: 'CANCELLED' }
    )

    await Promise.all([aborted, refused])
  })

  it('is cancelled when the source cannot read', async () => {
    const source = new MemorySource(await model)
    source.read = async () => {
      throw new Error('no such file')
    }
    const [end, far] = await openSource(nodes, source)
    const failed = assert.rejects(end.offer(), /no such file/)
    const sink = await acceptOffer(far)

    sink.request([0])
    await assert.rejects(new Collector(sink, 1).run(), { name: 'ModelRefusedError', reason: 'FAILED' })
    await failed
  })

  it('is over for both when the connection is lost', async () => {
    const [end, far] = await openSource(nodes, new MemorySource(await model, [0]))
    const lost = assert.rejects(end.offer())
    const sink = await acceptOffer(far)

    sink.request([0, 1])
    const sinkLost = assert.rejects(sink.run({ onChunk: async () => nodes.cut(), onComplete: () => {} }))

    await Promise.all([lost, sinkLost])
  })

  it('is over when the peer does not answer', async () => {
    const clock = new ManualClock()
    const [end, far] = await openSource(nodes, new MemorySource(await model), { clock, answerTimeout: 500 })
    const late = assert.rejects(end.offer(), { name: 'ModelTimeoutError' })

    await expectFrame(far, 'offer')
    await clock.advance(499)
    await clock.advance(1)
    await late
    await assert.rejects(far.read(), { name: 'StreamResetError' })
    assert.equal(clock.pending, 0)
  })

  it('is over when a source in reserve is never asked', async () => {
    const clock = new ManualClock()
    const answered = Promise.withResolvers<unknown>()
    const [end, far] = await openSource(nodes, new MemorySource(await model), {
      clock,
      idleTimeout: 5_000,
      onAnswer: answered.resolve
    })
    const late = assert.rejects(end.offer(), { name: 'ModelRefusedError', reason: 'STALLED' })
    const sink = await acceptOffer(far)

    sink.reserve()
    const refused = assert.rejects(new Collector(sink, 1).run(), {
      name: 'ModelRefusedError',
      reason: 'STALLED'
    })

    await answered.promise
    await clock.advance(0)
    await clock.advance(5_000)
    await Promise.all([late, refused])
    await clock.advance(0)
    assert.equal(clock.pending, 0)
  })

  it('is over when a sink accepts and asks for nothing', async () => {
    const clock = new ManualClock()
    const quiet = Promise.withResolvers<unknown>()
    const [end, far] = await openSource(nodes, new MemorySource(await model), {
      clock,
      requestTimeout: 700,
      onActivity: quiet.resolve
    })
    const silent = assert.rejects(end.offer(), { name: 'SilentSinkError' })

    await expectFrame(far, 'offer')
    await far.send(accept([]))
    assert.equal(await quiet.promise, 'quiet')
    // says nothing
    await far.send({ type: 'request', ranges: [] })
    await clock.advance(699)
    await clock.advance(1)
    assert.equal((await expectFrame(far, 'cancel')).reason, 'STALLED')
    await far.leave()
    await silent
    assert.equal(clock.pending, 0)
  })

  it('is over when a sink asks for nothing after it has got what it asked for', async () => {
    const clock = new ManualClock()
    const activities: string[] = []
    const [end, far] = await openSource(nodes, new MemorySource(await model), {
      clock,
      requestTimeout: 700,
      stallTimeout: 900,
      onActivity: (activity) => activities.push(activity)
    })
    const { signed } = await model
    const silent = assert.rejects(end.serve({ type: 'want', id: signed.id, header: false, ranges: [] }), {
      name: 'SilentSinkError'
    })

    await expectFrame(far, 'answer')
    await clock.advance(600)
    await far.send({ type: 'request', ranges: [{ start: 2, count: 1 }] })
    await expectFrame(far, 'chunk')
    await far.readChunk()

    while (activities.length < 3) {
      await clock.advance(0)
    }

    await clock.advance(899)
    await clock.advance(1)
    await expectFrame(far, 'cancel')
    await far.leave()
    await silent
    assert.deepEqual(activities, ['quiet', 'sending', 'quiet'])
  })

  it('goes on with a sink that has said that it is in reserve, or waits for what the source lacks', async () => {
    const clock = new ManualClock()
    const activities = new EventEmitter<{ activity: [string] }>()
    const source = new MemorySource(await model, [1])
    const [end, far] = await openSource(nodes, source, {
      clock,
      requestTimeout: 700,
      onActivity: (activity) => activities.emit('activity', activity)
    })
    const outcome = end.offer()
    const reserved = once(activities, 'activity')
    const sink = await acceptOffer(far)
    const collector = new Collector(sink, 2)

    sink.reserve()
    assert.deepEqual(await reserved, ['reserved'])
    const running = collector.run()

    await clock.advance(10_000)
    sink.request([0, 1])

    while (collector.order.length === 0) {
      await clock.advance(0)
    }

    await clock.advance(10_000)
    source.add(0)
    await running
    assert.equal(await outcome, 'delivered')
  })

  it('takes a source back in reserve until it is asked again', async () => {
    const clock = new ManualClock()
    const activities: string[] = []
    const [end, far] = await openSource(nodes, new MemorySource(await model), {
      clock,
      requestTimeout: 700,
      onActivity: (activity) => activities.push(activity)
    })
    const outcome = end.offer()
    const sink = await acceptOffer(far)
    const collector = new Collector(sink, 2)

    sink.request([0])
    const running = collector.run()

    while (collector.order.length === 0) {
      await clock.advance(0)
    }

    sink.reserve()
    sink.reserve()

    while (activities.at(-1) !== 'reserved') {
      await clock.advance(0)
    }

    await clock.advance(10_000)
    sink.request([1])
    await running
    assert.equal(await outcome, 'delivered')
    assert.deepEqual(activities, ['sending', 'quiet', 'reserved', 'sending', ...activities.slice(4)])
  })
})
