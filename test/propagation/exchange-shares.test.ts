import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { afterEach, describe, it } from 'node:test'
import { MIN_CHUNK_BYTES, MODEL_PROTOCOL } from '../../protocols/model/limits.ts'
import { ModelStream } from '../../protocols/model/model-stream.ts'
import { answer } from '../../protocols/model/codec.ts'
import { createModelNode } from '../protocols/model/support/model-nodes.ts'
import { createModel } from '../protocols/model/support/headers.ts'
import { MemorySource } from '../protocols/model/support/memory-source.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { ExchangeNodes } from './support/exchange-nodes.ts'
import type { ModelNode } from '../protocols/model/support/model-nodes.ts'
import type { TestModel } from '../protocols/model/support/headers.ts'
import type { ExchangeNode } from './support/exchange-nodes.ts'
import type { NewModel } from '../../src/propagation/index.ts'

const CHUNKS = 20
const about: Omit<NewModel, 'payload'> = { round: 3, weight: 120n }

describe('what one peer may take of the transfers of a node', () => {
  const nodes = new ExchangeNodes()
  const peers: ModelNode[] = []

  afterEach(async () => {
    await Promise.all(peers.splice(0).map(async ({ node }) => node.stop()))
    await nodes.stop()
  })

  async function bare(): Promise<ModelNode> {
    const peer = await createModelNode()

    peers.push(peer)

    return peer
  }

  /** Offers a model; what became of it, in a word. */
  async function offer(peer: ModelNode, to: ExchangeNode, source: MemorySource): Promise<string> {
    return peer.models
      .offer(await peer.node.dial(to.node.getMultiaddrs()), source, {}, async (end) => end.offer())
      .catch((err: Error & { reason?: string }) => err.reason ?? err.name)
  }

  /** Offers a model and sends nothing of it; resolves when it has begun to be received, or was refused. */
  async function hoard(
    peer: ModelNode,
    to: ExchangeNode,
    model: TestModel,
    there: number[] = []
  ): Promise<{ outcome: Promise<string> }> {
    const begun = to.next('model:begin')
    const outcome = offer(peer, to, MemorySource.lying(model, there))

    await Promise.race([begun, outcome])

    return { outcome }
  }

  /** A peer that accepts every offer and asks for nothing. */
  async function silent(): Promise<ModelNode & { offers: number }> {
    const peer = Object.assign(await bare(), { offers: 0 })

    await peer.node.unhandle(MODEL_PROTOCOL)
    await peer.node.handle(MODEL_PROTOCOL, async (stream) => {
      const frames = new ModelStream(stream)

      await frames.read()
      peer.offers++
      await frames.send(answer('ACCEPT'))
      await frames.read().catch(() => null)
      await frames.leave()
    })

    return peer
  }

  async function turn(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve))
  }

  it('a peer that accepts and asks for nothing keeps no other from its model, and is charged', async () => {
    const clock = new ManualClock()
    const honest = await nodes.create({ relay: () => [] })
    const node = await nodes.create({ clock, maxParallelSends: 1, slotTimeout: 500, requestTimeout: 2_000 })
    const peer = await silent()
    const toPeer = await node.node.dial(peer.node.getMultiaddrs())
    const toHonest = await node.connect(honest)
    const model = await node.models.create({ ...about, payload: randomBytes(MIN_CHUNK_BYTES * 3) })
    const held = assert.rejects(node.models.send(model, toPeer), { name: 'SilentSinkError' })

    while (peer.offers === 0) {
      await turn()
    }

    const sent = node.models.send(model, toHonest)

    await clock.advance(499)
    assert.equal(honest.models.models().length, 0)
    await clock.advance(1)
    assert.equal(await sent, 'delivered')
    await clock.advance(2_000)
    await held
    assert.deepEqual(node.stalls.map(String), [String(peer.node.peerId)])
  })

  it('peers that want a model and ask for nothing keep no other from being served, and are charged', async () => {
    const clock = new ManualClock()
    const node = await nodes.create({ clock, maxParallelSends: 2, slotTimeout: 500, requestTimeout: 2_000 })
    const honest = await nodes.create()
    const model = await node.models.create({ ...about, payload: randomBytes(MIN_CHUNK_BYTES * 3) })
    const peer = await bare()
    const held = Promise.withResolvers<void>()
    const wanting = peer.models.want(
      await peer.node.dial(node.node.getMultiaddrs()),
      model.id,
      undefined,
      async (sink) => {
        held.resolve()
        await sink.run({ onChunk: async () => {}, onComplete: () => {} })
      }
    )
    const lost = assert.rejects(wanting, { reason: 'STALLED' })

    await held.promise
    const connection = await honest.connect(node)

    await assert.rejects(honest.models.fetch(model.id, connection), { reason: 'BUSY' })
    await clock.advance(499)
    await assert.rejects(honest.models.fetch(model.id, connection), { reason: 'BUSY' })
    await clock.advance(1)
    assert.equal((await honest.models.fetch(model.id, connection)).id, model.id)
    await clock.advance(1_500)
    await lost

    while (node.stalls.length === 0) {
      await turn()
    }

    assert.deepEqual(node.stalls.map(String), [String(peer.node.peerId)])
  })

  it('a peer that is served more than another makes room as long as it asks for nothing', async () => {
    const node = await nodes.create({ clock: new ManualClock(), maxParallelSends: 3 })
    const honest = await nodes.create()
    const model = await node.models.create({ ...about, payload: randomBytes(MIN_CHUNK_BYTES * 3) })
    const peer = await bare()
    const connection = await peer.node.dial(node.node.getMultiaddrs())

    for (let i = 0; i < 2; i++) {
      // holds the stream
      await peer.models.want(connection, model.id, undefined, async () => {})
    }

    assert.equal((await honest.models.fetch(model.id, await honest.connect(node))).id, model.id)
  })

  it('a peer has its share of the models received at once, and another finds room', async () => {
    const node = await nodes.create({ maxParallelReceives: 4, maxPeerShare: 0.5, relay: () => [] })
    const [greedy, honest] = [await bare(), await bare()]

    for (let i = 0; i < 2; i++) {
      await hoard(greedy, node, await createModel(MIN_CHUNK_BYTES))
    }

    assert.equal(await offer(greedy, node, new MemorySource(await createModel(MIN_CHUNK_BYTES))), 'BUSY')
    assert.equal(await offer(honest, node, new MemorySource(await createModel(MIN_CHUNK_BYTES))), 'delivered')
    assert.deepEqual(node.stalls, [])
  })

  it('a peer has its share of the bytes that are reserved, and another finds room', async () => {
    const node = await nodes.create({ maxStoredBytes: MIN_CHUNK_BYTES * 8, relay: () => [] })
    const [greedy, honest] = [await bare(), await bare()]

    await hoard(greedy, node, await createModel(MIN_CHUNK_BYTES * 4))
    assert.equal(await offer(greedy, node, new MemorySource(await createModel(1))), 'BUSY')
    assert.equal(
      await offer(honest, node, new MemorySource(await createModel(MIN_CHUNK_BYTES * 4))),
      'delivered'
    )
  })

  it('one model of a peer has a place, however large its share is', async () => {
    const node = await nodes.create({ maxStoredBytes: MIN_CHUNK_BYTES * 8, maxPeerShare: 0, relay: () => [] })
    const peer = await bare()

    assert.equal(
      await offer(peer, node, new MemorySource(await createModel(MIN_CHUNK_BYTES * 8))),
      'delivered'
    )
  })

  it('where there is no room those who have most make some, of that which has least', async () => {
    const node = await nodes.create({ maxParallelReceives: 4, relay: () => [], alternatives: () => [] })
    const [one, other, third, fourth] = [await bare(), await bare(), await bare(), await bare()]
    const model = await createModel(MIN_CHUNK_BYTES * CHUNKS)
    const progress = new Promise((resolve) => node.models.addEventListener('model:progress', resolve))

    await hoard(one, node, model, [0, 1])
    await progress
    const least = await hoard(one, node, await createModel(MIN_CHUNK_BYTES))

    await hoard(other, node, await createModel(MIN_CHUNK_BYTES))
    await hoard(third, node, await createModel(MIN_CHUNK_BYTES))
    assert.equal(await offer(fourth, node, new MemorySource(await createModel(MIN_CHUNK_BYTES))), 'delivered')
    assert.equal(await least.outcome, 'BUSY')
    await hoard(fourth, node, await createModel(MIN_CHUNK_BYTES))
    // each has one
    assert.equal(await offer(await bare(), node, new MemorySource(await createModel(1))), 'BUSY')
    assert.deepEqual(node.stalls, [])
  })

  it('a model that comes too slowly makes room, which is charged', async () => {
    const clock = new ManualClock()
    const stallTimeout = 10_000
    const node = await nodes.create({
      clock,
      stallTimeout,
      maxParallelReceives: 1,
      minReceiveRate: MIN_CHUNK_BYTES / 5,
      relay: () => []
    })
    const [slow, honest] = [await bare(), await bare()]
    const source = MemorySource.lying(await createModel(MIN_CHUNK_BYTES * CHUNKS), [])
    const begun = node.next('model:begin')
    const outcome = offer(slow, node, source)

    await begun

    // a chunk in four seconds is fast enough, one in nine is not
    for (let index = 0; index < 6; index++) {
      await trickle(index, 4_000)
    }

    assert.equal(await offer(honest, node, new MemorySource(await createModel(1))), 'BUSY')

    for (let index = 6; index < 12; index++) {
      await trickle(index, 9_000)
    }

    const arrived = await offer(honest, node, new MemorySource(await createModel(1)))

    assert.equal(arrived, 'delivered')
    assert.equal(await outcome, 'STALLED')
    assert.deepEqual(node.stalls.map(String), [String(slow.node.peerId)])

    async function trickle(index: number, ms: number): Promise<void> {
      await clock.advance(ms)
      const progress = new Promise((resolve) =>
        node.models.addEventListener('model:progress', resolve, { once: true })
      )

      source.add(index)
      await progress
    }
  })
})
