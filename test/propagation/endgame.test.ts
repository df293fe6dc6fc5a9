import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { MIN_CHUNK_BYTES } from '../../protocols/model/limits.ts'
import { MIN_LAG_MS } from '../../src/propagation/constants.ts'
import { createModelNode } from '../protocols/model/support/model-nodes.ts'
import { createModel } from '../protocols/model/support/headers.ts'
import { MemorySource } from '../protocols/model/support/memory-source.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { ExchangeNodes } from './support/exchange-nodes.ts'
import type { ModelNode } from '../protocols/model/support/model-nodes.ts'
import type { ExchangeNode } from './support/exchange-nodes.ts'
import type { SourceOutcome } from '../../protocols/model/index.ts'

const CHUNKS = 20
const WINDOW = 4
const all = Array.from({ length: CHUNKS }, (_, index) => index)

describe('a model whose sources are slow', () => {
  const nodes = new ExchangeNodes()
  const peers: ModelNode[] = []

  afterEach(async () => {
    await Promise.all(peers.splice(0).map(async ({ node }) => node.stop()))
    await nodes.stop()
  })

  async function offer(to: ExchangeNode, source: MemorySource): Promise<SourceOutcome> {
    const peer = await createModelNode()

    peers.push(peer)

    return peer.models.offer(await peer.node.dial(to.node.getMultiaddrs()), source, {}, async (end) =>
      end.offer()
    )
  }

  async function receiver(clock: ManualClock, maxParallelSources = 3): Promise<ExchangeNode> {
    return nodes.create({
      clock,
      maxParallelSources,
      requestWindow: WINDOW * MIN_CHUNK_BYTES,
      relay: () => []
    })
  }

  async function received(node: ExchangeNode, chunks: number): Promise<void> {
    return new Promise((resolve) => {
      node.models.addEventListener('model:progress', ({ detail }) => {
        if (detail.bytes >= chunks * MIN_CHUNK_BYTES) {
          resolve()
        }
      })
    })
  }

  it('has its last chunks asked of a second source when the first falls behind, and what comes twice costs nobody', async () => {
    const clock = new ManualClock()
    const node = await receiver(clock)
    const model = await createModel(MIN_CHUNK_BYTES * CHUNKS)
    const begun = node.next('model:begin')
    const slow = MemorySource.lying(model, [])
    const slowOutcome = offer(node, slow)

    await begun
    const rest = received(node, CHUNKS - WINDOW)
    const fast = new MemorySource(model)
    const fastOutcome = offer(node, fast)
    const arrival = node.nextModel()

    await rest
    await clock.advance(MIN_LAG_MS - 1)
    assert.deepEqual(
      fast.reads.toSorted((a, b) => a - b),
      all.slice(WINDOW)
    )
    // one of them comes from both
    await clock.advance(1)
    slow.add(0)
    await arrival
    assert.deepEqual([await slowOutcome, await fastOutcome], ['delivered', 'delivered'])
    assert.deepEqual(
      fast.reads.toSorted((a, b) => a - b),
      all
    )
    assert.deepEqual([node.stalls, node.violations], [[], []])
  })

  it('is asked of nobody twice while all keep up', async () => {
    const clock = new ManualClock()
    const node = await receiver(clock)
    const model = await createModel(MIN_CHUNK_BYTES * CHUNKS)
    const begun = node.next('model:begin')
    const first = MemorySource.lying(model, [])
    const firstOutcome = offer(node, first)

    await begun
    const rest = received(node, CHUNKS - WINDOW)
    const second = new MemorySource(model)
    const secondOutcome = offer(node, second)

    await rest

    for (let index = 0; index < WINDOW; index++) {
      await clock.advance(MIN_LAG_MS - 1)
      const next = received(node, CHUNKS - WINDOW + index + 1)

      first.add(index)
      await next
    }

    assert.deepEqual([await firstOutcome, await secondOutcome], ['delivered', 'delivered'])
    assert.equal(first.reads.length + second.reads.length, CHUNKS)
  })

  it('has one asked that was in reserve when the first falls behind', async () => {
    const clock = new ManualClock()
    const node = await receiver(clock, 1)
    const model = await createModel(MIN_CHUNK_BYTES * CHUNKS)
    const begun = node.next('model:begin')
    const slowOutcome = offer(node, MemorySource.lying(model, []))

    await begun
    const arrival = node.nextModel()
    const answered = Promise.withResolvers<void>()
    const peer = await createModelNode()

    peers.push(peer)
    const fast = peer.models.offer(
      await peer.node.dial(node.node.getMultiaddrs()),
      new MemorySource(model),
      { onAnswer: () => answered.resolve() },
      async (end) => end.offer()
    )

    await answered.promise

    // of the first nobody knows yet what is usual
    for (let ms = 0; ms < 29_000 && node.models.models().length === 0; ms += 500) {
      await clock.advance(500)
    }

    await arrival
    assert.deepEqual([await slowOutcome, await fast], ['delivered', 'delivered'])
    assert.deepEqual(node.stalls, [])
  })

  it('is not waited for longer than four stalls, however many sources there are', async () => {
    const clock = new ManualClock()
    const node = await nodes.create({ clock, stallTimeout: 1_000, relay: () => [], alternatives: () => [] })
    const model = await createModel(MIN_CHUNK_BYTES * CHUNKS)
    let error: Error | undefined

    node.models.addEventListener('model:failed', ({ detail }) => {
      error = detail.error
    })

    const begun = node.next('model:begin')
    const first = offer(node, new MemorySource(model, [])).catch((err: Error) => err)

    await begun
    await clock.advance(1_500)
    const answered = Promise.withResolvers<void>()
    const peer = await createModelNode()

    peers.push(peer)
    const second = peer.models
      .offer(
        await peer.node.dial(node.node.getMultiaddrs()),
        new MemorySource(model, []),
        { onAnswer: () => answered.resolve() },
        async (end) => end.offer()
      )
      .catch((err: Error) => err)

    await answered.promise
    await clock.advance(2_499)
    assert.equal(error, undefined)
    await clock.advance(1)
    assert.match(String(error), /No source goes on/)
    assert.deepEqual(node.stalls, [])
    await Promise.all([first, second])

    // for as long again those that lack the same are not heard
    await clock.advance(3_999)
    await assert.rejects(offer(node, new MemorySource(model, [])), { reason: 'BUSY' })
    assert.equal(await offer(node, new MemorySource(model)), 'delivered')
  })
})
