import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { encode } from 'uint8-varint'
import { encodeFrame } from '../../../protocols/model/codec.ts'
import { MIN_CHUNK_BYTES, MODEL_PROTOCOL } from '../../../protocols/model/limits.ts'
import { ModelStream } from '../../../protocols/model/model-stream.ts'
import { createModel } from './support/headers.ts'
import { MemorySource } from './support/memory-source.ts'
import { createModelNode } from './support/model-nodes.ts'
import { Collector, expectFrame } from './support/transfer.ts'
import type { ModelProtocolInit } from '../../../protocols/model/index.ts'
import type { ModelFrame } from '../../../protocols/model/types.ts'
import type { ModelNode } from './support/model-nodes.ts'

const CHUNKS = 6
const all = Array.from({ length: CHUNKS }, (_, index) => index)

describe('the model protocol between two nodes', () => {
  const nodes: ModelNode[] = []

  async function pair(init: Partial<ModelProtocolInit> = {}): Promise<[ModelNode, ModelNode]> {
    const near = await createModelNode()
    const far = await createModelNode(init)

    nodes.push(near, far)

    return [near, far]
  }

  afterEach(async () => {
    await Promise.all(nodes.splice(0).map(async ({ node }) => node.stop()))
  })

  it('brings what is offered', async () => {
    const model = await createModel(MIN_CHUNK_BYTES * CHUNKS)
    let collector: Collector | undefined
    const [near, far] = await pair({
      onOffer: async (_, sink) => {
        collector = new Collector(sink, CHUNKS)
        sink.request(all)
        await collector.run()
      }
    })
    const connection = await near.connect(far)
    const outcome = await near.models.offer(connection, new MemorySource(model), {}, async (end) =>
      end.offer()
    )

    assert.equal(outcome, 'delivered')
    assert.ok(Buffer.from(model.payload).equals(collector?.payload as Uint8Array))
    assert.deepEqual([near.violations, far.violations], [[], []])
  })

  it('does not hold against the peer what goes wrong here', async () => {
    const model = await createModel(MIN_CHUNK_BYTES * CHUNKS)
    const [near, far] = await pair({
      onOffer: async () => {
        throw new TypeError('a fault of this node')
      }
    })
    const connection = await near.connect(far)

    await assert.rejects(
      near.models.offer(connection, new MemorySource(model), {}, async (end) => end.offer())
    )
    assert.deepEqual([near.violations, far.violations], [[], []])
  })

  it('brings what is wanted, and the header when that is wanted, too', async () => {
    const model = await createModel(MIN_CHUNK_BYTES * CHUNKS)
    const served: string[] = []
    const [near, far] = await pair({
      onWant: (_, id) => (id === model.signed.id ? new MemorySource(model) : 'NOT_FOUND'),
      onServed: (_, source, error) => served.push(error?.name ?? source.signed.id)
    })
    const connection = await near.connect(far)

    for (const known of [undefined, model.signed]) {
      const payload = await near.models.want(connection, model.signed.id, known, async (sink) => {
        const collector = new Collector(sink, CHUNKS)

        assert.equal(sink.complete, true)
        sink.request(all)
        await collector.run()

        return collector.payload
      })

      assert.ok(Buffer.from(model.payload).equals(payload))
    }

    await assert.rejects(
      near.models.want(connection, 'ab'.repeat(32), undefined, async () => assert.fail()),
      { name: 'ModelRefusedError', reason: 'NOT_FOUND' }
    )
    assert.deepEqual(served, [model.signed.id, model.signed.id])
  })

  it('resets the streams of a peer that may not send, and reads nothing', async () => {
    const [near, far] = await pair({
      accept: async () => false,
      onOffer: async () => assert.fail(),
      onWant: () => assert.fail()
    })
    const model = await createModel(MIN_CHUNK_BYTES)
    const connection = await near.connect(far)

    await assert.rejects(
      near.models.offer(connection, new MemorySource(model), {}, async (end) => end.offer())
    )
    assert.deepEqual(far.violations, [])
  })

  it('charges a peer for a header that its origin did not sign', async () => {
    const [near, far] = await pair({ onOffer: async () => assert.fail() })
    const model = await createModel(MIN_CHUNK_BYTES)
    const signature = Uint8Array.from(model.signed.signature)
    signature[0]! ^= 1
    const forged = { ...model, signed: { ...model.signed, signature } }
    const connection = await near.connect(far)

    await assert.rejects(
      near.models.offer(connection, new MemorySource(forged), {}, async (end) => end.offer())
    )
    assert.deepEqual(
      far.violations.map(({ peer, error }) => [peer.equals(near.node.peerId), error.name]),
      [[true, 'InvalidModelHeaderError']]
    )
  })

  it('takes what it knows from whoever has it, whatever the signature', async () => {
    const model = await createModel(MIN_CHUNK_BYTES)
    const [near, far] = await pair({
      known: (id) => (id === model.signed.id ? model.signed : undefined),
      onOffer: async (_, sink) => {
        assert.equal(sink.signed, model.signed)
        await sink.have()
      }
    })
    const unsigned = { ...model, signed: { ...model.signed, signature: new Uint8Array(0) } }
    const connection = await near.connect(far)

    assert.equal(
      await near.models.offer(connection, new MemorySource(unsigned), {}, async (end) => end.offer()),
      'have'
    )
  })

  it('charges a source for a wrong chunk, and a sink that wants it', async () => {
    const model = await createModel(MIN_CHUNK_BYTES * 2)
    const source = new MemorySource(model)
    source.replace(1, model.chunks[0] as Uint8Array)
    const [near, far] = await pair({ onWant: () => source })
    const connection = await near.connect(far)

    await assert.rejects(
      near.models.want(connection, model.signed.id, model.signed, async (sink) => {
        sink.request([0, 1])
        await new Collector(sink, 2).run()
      }),
      { name: 'InvalidChunkError', index: 1 }
    )
    assert.deepEqual(
      near.violations.map(({ error }) => error.name),
      ['InvalidChunkError']
    )
    assert.deepEqual(far.violations, [])
  })

  it('charges a peer that begins with something else', async () => {
    const [near, far] = await pair()
    const connection = await near.connect(far)

    const frames: ModelFrame[] = [{ type: 'complete' }, { type: 'request', ranges: [] }]

    for (const frame of frames) {
      const stream = new ModelStream(await connection.newStream(MODEL_PROTOCOL))

      await stream.send(frame)
      await assert.rejects(stream.read(), { name: 'StreamResetError' })
    }

    assert.deepEqual(
      far.violations.map(({ error }) => error.name),
      ['ModelProtocolError', 'ModelProtocolError']
    )
  })

  it('refuses an answer that is for another model', async () => {
    const [wanted, other] = [await createModel(MIN_CHUNK_BYTES), await createModel(MIN_CHUNK_BYTES)]
    const [near, far] = await pair({ onWant: () => new MemorySource(other) })
    const connection = await near.connect(far)

    await assert.rejects(
      near.models.want(connection, wanted.signed.id, undefined, async () => assert.fail()),
      { name: 'ModelProtocolError' }
    )
  })

  it('survives any bytes on a live stream', async () => {
    const model = await createModel(MIN_CHUNK_BYTES * 2)
    const [near, far] = await pair({
      onWant: () => new MemorySource(model),
      onOffer: async (_, sink) => {
        sink.request([0, 1])
        await new Collector(sink, 2).run()
      }
    })
    const connection = await near.connect(far)
    const { header, signature } = { header: model.signed.bytes, signature: model.signed.signature }
    const frames: ModelFrame[] = [
      { type: 'want', id: model.signed.id, header: false, ranges: [] },
      { type: 'request', ranges: [{ start: 0, count: 2 }] },
      { type: 'offer', header, signature, complete: true },
      { type: 'chunk', index: 0 },
      { type: 'cancel', reason: 'FAILED' }
    ]
    const wire = Buffer.concat(
      frames.flatMap((frame) => {
        const bytes = encodeFrame(frame)

        return [encode(bytes.byteLength), bytes]
      })
    )

    for (let run = 0; run < 60; run++) {
      const bytes = Uint8Array.from(wire.subarray((run % 3) * 7))
      const stream = await connection.newStream(MODEL_PROTOCOL)

      bytes[(run * 37) % bytes.byteLength]! ^= 1 << (run % 8)
      stream.send(bytes.subarray(0, bytes.byteLength - (run % 5)))
      await stream.close().catch(() => {})
      stream.abort(new Error('enough'))
    }

    const payload = await near.models.want(connection, model.signed.id, undefined, async (sink) => {
      const collector = new Collector(sink, 2)

      sink.request([0, 1])
      await collector.run()

      return collector.payload
    })

    assert.ok(Buffer.from(model.payload).equals(payload))
  })

  it('resets streams above the limit', async () => {
    const [near, far] = await pair({ maxStreamsPerConnection: 2 })
    const connection = await near.connect(far)
    const streams = []

    for (let opened = 0; opened < 3; opened++) {
      streams.push(new ModelStream(await connection.newStream(MODEL_PROTOCOL)))
    }

    await assert.rejects((streams[2] as ModelStream).read(), { name: 'StreamResetError' })
    await (streams[0] as ModelStream).send({ type: 'want', id: 'ab'.repeat(32), header: true, ranges: [] })
    assert.equal((await expectFrame(streams[0] as ModelStream, 'answer')).reason, 'NOT_FOUND')
  })

  it('tells its peers when it stops, and starts again', async () => {
    const model = await createModel(MIN_CHUNK_BYTES)
    const [near, far] = await pair({ onWant: () => new MemorySource(model, []) })
    const connection = await near.connect(far)
    const want = async (): Promise<void> =>
      near.models.want(connection, model.signed.id, model.signed, async (sink) => {
        sink.request([0])
        void far.models.stop()
        await new Collector(sink, 1).run()
      })

    await assert.rejects(want(), { name: 'ModelRefusedError', reason: 'SHUTTING_DOWN' })
    await far.models.stop()
    await assert.rejects(
      near.models.want(connection, model.signed.id, model.signed, async () => {}),
      {
        name: 'UnsupportedProtocolError'
      }
    )
    await far.models.start()
    await far.models.start()
    await assert.rejects(want(), { name: 'ModelRefusedError', reason: 'SHUTTING_DOWN' })
  })

  it('ends the transfers of a peer that is no longer linked', async () => {
    const model = await createModel(MIN_CHUNK_BYTES)
    const [near, far] = await pair({ onWant: () => new MemorySource(model, []) })
    const connection = await near.connect(far)

    await assert.rejects(
      near.models.want(connection, model.signed.id, model.signed, async (sink) => {
        sink.request([0])
        far.node.getConnections().forEach((each) => far.models.dismiss(each))
        await new Collector(sink, 1).run()
      }),
      { name: 'StreamResetError' }
    )
  })
})
