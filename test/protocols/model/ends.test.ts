import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { MIN_CHUNK_BYTES } from '../../../protocols/model/limits.ts'
import { SourceEnd } from '../../../protocols/model/index.ts'
import { StreamNodes } from '../../support/stream-nodes.ts'
import { createModel } from './support/headers.ts'
import { MemorySource } from './support/memory-source.ts'
import { acceptOffer, Collector, expectFrame, openSource, openStreams } from './support/transfer.ts'

const CHUNKS = 20
const all = Array.from({ length: CHUNKS }, (_, index) => index)

describe('a transfer of a model', () => {
  let nodes: StreamNodes
  const model = createModel(MIN_CHUNK_BYTES * (CHUNKS - 1) + 77)

  before(async () => {
    nodes = await StreamNodes.create({ transport: 'tcp' })
  })

  after(async () => nodes.stop())

  it('brings all chunks in the order in which they were asked for', async () => {
    const { payload, ...rest } = await model
    const source = new MemorySource({ payload, ...rest })
    const progress: number[] = []
    const [end, far] = await openSource(nodes, source, { onProgress: (bytes) => progress.push(bytes) })
    const outcome = end.offer()
    const sink = await acceptOffer(far)
    const collector = new Collector(sink, CHUNKS)

    assert.equal(sink.complete, true)
    assert.equal(sink.request(all.slice(5)), CHUNKS - 5)
    assert.equal(sink.request(all.slice(0, 5)), 5)
    assert.deepEqual([...sink.outstanding], [...all.slice(5), ...all.slice(0, 5)])
    await collector.run()
    assert.equal(await outcome, 'delivered')
    assert.deepEqual(collector.order, [...all.slice(5), ...all.slice(0, 5)])
    assert.ok(Buffer.from(payload).equals(collector.payload))
    assert.equal(
      progress.reduce((sum, bytes) => sum + bytes),
      payload.byteLength
    )
    assert.equal(source.listeners, 0)
  })

  it('brings only the chunks that lack', async () => {
    const source = new MemorySource(await model)
    const [end, far] = await openSource(nodes, source)
    const outcome = end.offer()
    const sink = await acceptOffer(far)
    const collector = new Collector(sink, 3)

    sink.request([4, 11, 12])
    await collector.run()
    assert.equal(await outcome, 'delivered')
    assert.deepEqual(source.reads, [4, 11, 12])
  })

  it('asks for as many chunks as one frame has room for', async () => {
    const large = await createModel(MIN_CHUNK_BYTES * 200)
    const [end, far] = await openSource(nodes, new MemorySource(large))
    const outcome = end.offer()
    const sink = await acceptOffer(far)
    const even = Array.from({ length: 100 }, (_, index) => index * 2)
    const collector = new Collector(sink, 100)

    assert.equal(sink.request(even), 64)
    assert.equal(sink.mayAsk(even[63] as number), false)
    assert.equal(sink.mayAsk(even[64] as number), true)
    assert.equal(sink.request(even.slice(64)), 36)
    await collector.run()
    assert.equal(await outcome, 'delivered')
    assert.deepEqual(collector.order, even)
  })

  it('of no bytes is over at once', async () => {
    const empty = await createModel(0)
    const [end, far] = await openSource(nodes, new MemorySource(empty))
    const outcome = end.offer()
    const sink = await acceptOffer(far)

    sink.request([])
    sink.finish()
    await sink.run({ onChunk: async () => assert.fail(), onComplete: () => assert.fail() })
    assert.equal(await outcome, 'delivered')
  })

  it('sends nothing to a sink that has the model', async () => {
    const source = new MemorySource(await model)
    const [end, far] = await openSource(nodes, source)
    const outcome = end.offer()

    await (await acceptOffer(far)).have()
    assert.equal(await outcome, 'have')
    assert.deepEqual(source.reads, [])
  })

  it('tells why it was refused', async () => {
    const source = new MemorySource(await model)
    const [end, far] = await openSource(nodes, source)
    const refused = assert.rejects(end.offer(), { name: 'ModelRefusedError', reason: 'TOO_LARGE' })

    await (await acceptOffer(far)).refuse('TOO_LARGE')
    await refused
    assert.deepEqual(source.reads, [])
  })

  it('sends nothing to a sink that gets the model from another and then leaves', async () => {
    const source = new MemorySource(await model)
    const [end, far] = await openSource(nodes, source)
    const outcome = end.offer()
    const sink = await acceptOffer(far)

    sink.reserve()
    const running = sink.run({ onChunk: async () => assert.fail(), onComplete: () => assert.fail() })

    await far.leave()
    await running
    assert.equal(await outcome, 'pending')
    assert.deepEqual(source.reads, [])
  })

  it('is delivered when a sink in reserve gets the model from another', async () => {
    const source = new MemorySource(await model)
    const [end, far] = await openSource(nodes, source)
    const outcome = end.offer()
    const sink = await acceptOffer(far)

    sink.reserve()
    sink.finish()
    await sink.run({ onChunk: async () => assert.fail(), onComplete: () => assert.fail() })
    assert.equal(await outcome, 'delivered')
    assert.deepEqual(source.reads, [])
  })

  it('goes on from a source that was in reserve', async () => {
    const [end, far] = await openSource(nodes, new MemorySource(await model))
    const outcome = end.offer()
    const sink = await acceptOffer(far)
    const collector = new Collector(sink, 2)

    sink.reserve()
    const running = collector.run()

    sink.request([7, 8])
    await running
    assert.deepEqual(collector.order, [7, 8])
    assert.equal(await outcome, 'delivered')
  })

  it('passes each chunk on as soon as it has come, and says when all have', async () => {
    const source = new MemorySource(await model, [3])
    const [end, far] = await openSource(nodes, source)
    const outcome = end.offer()
    const offer = await expectFrame(far, 'offer')

    assert.equal(offer.complete, false)
    await far.send({
      type: 'answer',
      status: 'ACCEPT',
      reason: 'UNSPECIFIED',
      complete: false,
      ranges: [{ start: 0, count: 5 }]
    })

    for (const index of [3, 1, 0, 4]) {
      source.add(index)
      assert.equal((await expectFrame(far, 'chunk')).index, index)
      await far.readChunk()
    }

    all.filter((index) => index !== 2).forEach((index) => source.add(index))
    source.add(2)
    const last = [await far.read(), await far.read(), (await far.readChunk()).byteLength]

    assert.deepEqual(last, [{ type: 'complete' }, { type: 'chunk', index: 2 }, MIN_CHUNK_BYTES])
    await far.send({ type: 'complete' })
    await far.leave()
    assert.equal(await outcome, 'delivered')
  })

  it('tells a sink once that its source has come to have all', async () => {
    const source = new MemorySource(await model, all.slice(1))
    const [end, far] = await openSource(nodes, source)
    const outcome = end.offer()
    const sink = await acceptOffer(far)
    const collector = new Collector(sink, 1)

    assert.equal(sink.complete, false)
    sink.request([0])
    const running = collector.run()

    source.add(0)
    await running
    assert.equal(await outcome, 'delivered')
    assert.equal(collector.completes, sink.complete ? 1 : 0)
  })

  it('is served to a sink that wants it, with the header or without', async () => {
    const { signed, payload, chunks } = await model

    for (const header of [true, false]) {
      const source = new MemorySource({ signed, payload, chunks })
      const [near, far] = await openStreams(nodes)
      const outcome = new SourceEnd(near, source).serve({ type: 'want', id: signed.id, header, ranges: [] })

      if (header) {
        assert.deepEqual(Buffer.from((await expectFrame(far, 'offer')).header), Buffer.from(signed.bytes))
      } else {
        assert.deepEqual(
          { ...(await expectFrame(far, 'answer')) },
          { type: 'answer', status: 'ACCEPT', reason: 'UNSPECIFIED', complete: true, ranges: [] }
        )
      }

      await far.send({ type: 'request', ranges: [{ start: 19, count: 1 }] })
      assert.equal((await expectFrame(far, 'chunk')).index, 19)
      assert.equal((await far.readChunk()).byteLength, 77)
      await far.leave({ type: 'complete' })
      assert.equal(await outcome, 'delivered')
    }
  })
})
