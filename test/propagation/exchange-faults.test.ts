import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { afterEach, describe, it } from 'node:test'
import { MIN_CHUNK_BYTES } from '../../protocols/model/limits.ts'
import { MAX_SERVED_PER_PEER } from '../../src/propagation/constants.ts'
import { createModelNode } from '../protocols/model/support/model-nodes.ts'
import { createModel } from '../protocols/model/support/headers.ts'
import { MemorySource } from '../protocols/model/support/memory-source.ts'
import { ExchangeNodes } from './support/exchange-nodes.ts'
import type { ModelNode } from '../protocols/model/support/model-nodes.ts'
import type { TestModel } from '../protocols/model/support/headers.ts'
import type { ExchangeNode } from './support/exchange-nodes.ts'
import type { ModelReader, NewModel } from '../../src/propagation/index.ts'
import type { SourceOutcome } from '../../protocols/model/index.ts'

const CHUNKS = 20
const all = Array.from({ length: CHUNKS }, (_, index) => index)
const about: Omit<NewModel, 'payload'> = { round: 3, weight: 120n }

async function assertHas(reader: ModelReader, { payload }: Pick<TestModel, 'payload'>): Promise<void> {
  assert.ok(Buffer.from(payload).equals(await reader.bytes()))
}

describe('models whose transfer breaks', () => {
  const nodes = new ExchangeNodes()
  const sources: ModelNode[] = []

  afterEach(async () => {
    await Promise.all(sources.splice(0).map(async ({ node }) => node.stop()))
    await nodes.stop()
  })

  /** A peer with the bare protocol, which offers what a test gives it. */
  async function sourceOf(
    to: ExchangeNode,
    source: MemorySource,
    signal?: AbortSignal
  ): Promise<{ peer: ModelNode; outcome: Promise<SourceOutcome> }> {
    const peer = await createModelNode()
    const connection = await peer.node.dial(to.node.getMultiaddrs())

    sources.push(peer)
    const outcome = peer.models.offer(connection, source, {}, async (end) => end.offer({ signal }))

    outcome.catch(() => {})

    return { peer, outcome }
  }

  /** Resolves when so many bytes of a model have come. */
  async function received(node: ExchangeNode, bytes: number): Promise<void> {
    return new Promise((resolve) => {
      node.models.addEventListener('model:progress', ({ detail }) => {
        if (detail.bytes >= bytes) {
          resolve()
        }
      })
    })
  }

  it('are served so many at once to one peer that asks, so that others get theirs', async () => {
    const server = await nodes.create({ maxParallelSends: 3, stallTimeout: 60_000 })
    const ids: string[] = []

    for (let round = 0; round < MAX_SERVED_PER_PEER + 1; round++) {
      const { id } = await server.models.create({ ...about, round, payload: randomBytes(100_000) })

      ids.push(id)
    }

    const greedy = await createModelNode()

    sources.push(greedy)

    const connection = await greedy.node.dial(server.node.getMultiaddrs())
    const answers = await Promise.all(
      ids.map(async (id) =>
        greedy.models
          // holds the stream without asking for a chunk
          .want(connection, id, undefined, async () => 'served')
          .catch((err: { reason?: string }) => err.reason)
      )
    )

    assert.equal(answers.filter((answer) => answer === 'served').length, MAX_SERVED_PER_PEER)
    assert.deepEqual(
      answers.filter((answer) => answer !== 'served'),
      ['BUSY']
    )
  })

  it('go on from the first chunk that lacks, from another neighbour', async () => {
    const model = await createModel(MIN_CHUNK_BYTES * CHUNKS)
    let resumed = 0
    const node = await nodes.create({
      stallTimeout: 100,
      alternatives: () => [],
      onResumed: () => resumed++
    })
    const half = received(node, MIN_CHUNK_BYTES * 12)
    const failed = node.next('model:failed')
    const first = await sourceOf(node, new MemorySource(model, all.slice(0, 12)))

    await half
    await first.peer.node.stop()
    assert.equal((await failed).error.name, 'ModelTransferError')

    assert.equal(resumed, 0)

    const arrival = node.nextModel()
    const rest = new MemorySource(model)
    const second = await sourceOf(node, rest)

    assert.equal(await second.outcome, 'delivered')
    assert.deepEqual(rest.reads, all.slice(12))
    assert.equal(resumed, 1)
    await assertHas(await arrival, model)
  })

  it('go on from a source in reserve', async () => {
    const model = await createModel(MIN_CHUNK_BYTES * CHUNKS)
    const node = await nodes.create()
    const arrival = node.nextModel()
    const half = received(node, MIN_CHUNK_BYTES * 12)
    const first = await sourceOf(node, new MemorySource(model, all.slice(0, 12)))

    await half
    const rest = new MemorySource(model)
    const second = await sourceOf(node, rest)

    await first.peer.node.stop()
    await assertHas(await arrival, model)
    assert.equal(await second.outcome, 'delivered')
    assert.deepEqual(rest.reads, all.slice(12))
    assert.deepEqual([node.violations, node.stalls], [[], []])
  })

  it('go on from one that is asked when all sources are lost', async () => {
    const [holder, node] = await nodes.line(2, { relay: () => [] })
    const payload = randomBytes(MIN_CHUNK_BYTES * CHUNKS)
    const stored = await holder!.models.create({ ...about, payload })
    const model = {
      signed: stored.signed,
      payload,
      chunks: all.map((at) => payload.subarray(at * MIN_CHUNK_BYTES, (at + 1) * MIN_CHUNK_BYTES))
    }
    const arrival = node!.nextModel()
    const half = received(node!, MIN_CHUNK_BYTES * 12)
    const first = await sourceOf(node!, new MemorySource(model, all.slice(0, 12)))

    await half
    await first.peer.node.stop()
    await assertHas(await arrival, model)
  })

  it('take a wrong chunk from nobody: its sender is charged and another asked', async () => {
    const model = await createModel(MIN_CHUNK_BYTES * CHUNKS)
    const node = await nodes.create()
    const arrival = node.nextModel()
    const lying = new MemorySource(model, [...all.slice(0, 5), 6])
    const half = received(node, MIN_CHUNK_BYTES * 6)
    const liar = await sourceOf(node, lying)

    await half
    const honest = new MemorySource(model)
    const second = await sourceOf(node, honest)

    lying.replace(7, model.chunks[8] as Uint8Array)
    lying.add(7)
    await assertHas(await arrival, model)
    assert.equal(await second.outcome, 'delivered')
    await assert.rejects(liar.outcome)
    assert.deepEqual(
      node.violations.map(({ peer, error }) => [peer.equals(liar.peer.node.peerId), error.name]),
      [[true, 'InvalidChunkError']]
    )
    assert.deepEqual(honest.reads, [5, ...all.slice(7)])
  })

  it('replace a source that does not go on', async () => {
    const model = await createModel(MIN_CHUNK_BYTES * CHUNKS)
    const node = await nodes.create({ stallTimeout: 150 })
    const arrival = node.nextModel()
    const half = received(node, MIN_CHUNK_BYTES * 5)
    const slow = await sourceOf(node, MemorySource.lying(model, all.slice(0, 5)))

    await half
    const second = await sourceOf(node, new MemorySource(model))

    await assertHas(await arrival, model)
    assert.equal(await second.outcome, 'delivered')
    await assert.rejects(slow.outcome, { name: 'ModelRefusedError', reason: 'STALLED' })
    assert.deepEqual(node.stalls.map(String), [String(slow.peer.node.peerId)])
  })

  it('fail when the only source does not go on for twice the time', async () => {
    const model = await createModel(MIN_CHUNK_BYTES * CHUNKS)
    const node = await nodes.create({ stallTimeout: 60, alternatives: () => [] })
    const failed = node.next('model:failed')
    const slow = await sourceOf(node, MemorySource.lying(model, []))

    await assert.rejects(slow.outcome, { name: 'ModelRefusedError', reason: 'STALLED' })
    assert.equal((await failed).error.name, 'ModelTransferError')
    // and once more for the model that came to nothing
    assert.equal(node.stalls.length, 3)
  })

  it('are not the fault of one who waits for them, too, and are given up', async () => {
    const model = await createModel(MIN_CHUNK_BYTES * CHUNKS)
    const node = await nodes.create({ stallTimeout: 60, alternatives: () => [] })
    const failed = node.next('model:failed')
    const relaying = await sourceOf(node, new MemorySource(model, all.slice(0, 5)))

    await assert.rejects(relaying.outcome, { name: 'ModelRefusedError', reason: 'STALLED' })
    await failed
    assert.deepEqual(node.stalls, [])
  })

  it('are given up by nodes that could only wait for each other', async () => {
    const model = await createModel(MIN_CHUNK_BYTES * CHUNKS)
    const [first, second, third] = await nodes.line(3, { stallTimeout: 60 })

    await first!.connect(third!)
    const failed = [first!, second!, third!].map(async (node) => node.next('model:failed'))
    const slow = await sourceOf(first!, MemorySource.lying(model, all.slice(1)))

    await assert.rejects(slow.outcome, { reason: 'STALLED' })
    await Promise.all(failed)
    assert.deepEqual(
      [first!, second!, third!].map(({ stalls }) => stalls.length),
      [3, 0, 0]
    )
  })

  it('are asked of several sources at once', async () => {
    const model = await createModel(MIN_CHUNK_BYTES * CHUNKS)
    const node = await nodes.create({ requestWindow: 2 * MIN_CHUNK_BYTES })
    const arrival = node.nextModel()
    const begun = node.next('model:begin')
    const slow = new MemorySource(model, [])
    const first = await sourceOf(node, slow)

    await begun
    const ready = Promise.withResolvers<void>()
    const others = [new MemorySource(model), new MemorySource(model)]

    for (const source of others) {
      const read = source.read.bind(source)

      source.read = async (index) => {
        const chunk = read(index)
        await ready.promise

        return chunk
      }
      await sourceOf(node, source)
    }

    while (others.some(({ reads }) => reads.length === 0)) {
      await new Promise((resolve) => setImmediate(resolve))
    }

    ready.resolve()
    slow.add(0)
    slow.add(1)
    await assertHas(await arrival, model)
    assert.equal(await first.outcome, 'delivered')
    assert.deepEqual(
      [slow, ...others].flatMap(({ reads }) => reads).sort((a, b) => a - b),
      all
    )
    assert.deepEqual(slow.reads, [0, 1])
    assert.ok(others.every(({ reads }) => reads.length > 0))
  })

  it('are cancelled by the sender', async () => {
    const model = await createModel(MIN_CHUNK_BYTES * CHUNKS)
    const node = await nodes.create({ stallTimeout: 60, alternatives: () => [] })
    const controller = new AbortController()
    const failed = node.next('model:failed')
    const half = received(node, MIN_CHUNK_BYTES * 5)
    const { outcome } = await sourceOf(node, new MemorySource(model, all.slice(0, 5)), controller.signal)

    await half
    controller.abort(new Error('enough'))
    await assert.rejects(outcome, /enough/)
    assert.match(String((await failed).error.cause), /CANCELLED/)
  })

  it('are cancelled by the receiver', async () => {
    const model = await createModel(MIN_CHUNK_BYTES * CHUNKS)
    const node = await nodes.create()
    const failed = node.next('model:failed')
    const half = received(node, MIN_CHUNK_BYTES * 5)
    const { outcome } = await sourceOf(node, new MemorySource(model, all.slice(0, 5)))

    await half
    node.models.cancel(model.signed.id)
    await assert.rejects(outcome, { name: 'ModelRefusedError', reason: 'CANCELLED' })
    await failed
  })

  it('reach the rest of a ring when a node in the middle is lost', async () => {
    const ring = await nodes.line(6, { stallTimeout: 500 })
    const [first, lost, ...others] = ring

    await ring.at(-1)!.connect(first!)
    const payload = randomBytes(MIN_CHUNK_BYTES * 200)
    const model = await first!.models.create({ ...about, payload })
    const arrivals = others.map(async (node) => node.nextModel())
    const begun = ring[2]!.next('model:begin')
    const sending = [lost!, ring.at(-1)!].map(async (to) =>
      first!.models.send(model, first!.connectionTo(to)).catch(() => {})
    )

    await begun
    await lost!.node.stop()

    for (const arrival of arrivals) {
      await assertHas(await arrival, { payload })
    }

    await Promise.all(sending)
  })
})
