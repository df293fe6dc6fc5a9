import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MemoryBudget } from '../../src/limits/index.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import type { MessagePriority } from '../../protocols/message/index.ts'
import type { PeerId } from '@libp2p/interface'

const KIB = 1_024
const MAX = 16 * KIB

/** A buffer of messages of one KiB each. */
class Buffer {
  readonly dropped: Record<MessagePriority, number> = { low: 0, medium: 0, high: 0 }
  readonly held: Record<MessagePriority, number> = { low: 0, medium: 0, high: 0 }
  readonly #budget: MemoryBudget

  constructor(budget: MemoryBudget, peer: PeerId) {
    this.#budget = budget
    budget.register(peer, this)
  }

  add(priority: MessagePriority, count = 1): void {
    for (let i = 0; i < count; i++) {
      this.held[priority]++
      this.#budget.add(KIB)
    }
  }

  shed(priority: MessagePriority, bytes: number): number {
    const dropped = Math.min(this.held[priority], Math.ceil(bytes / KIB))

    this.held[priority] -= dropped
    this.dropped[priority] += dropped
    this.#budget.add(-dropped * KIB)

    return dropped * KIB
  }
}

describe('MemoryBudget', () => {
  it('drops nothing at its bound, and above it down to a sixteenth below', async () => {
    const budget = new MemoryBudget({ maxBufferedBytes: MAX })
    const buffer = new Buffer(budget, await createPeerId())

    buffer.add('medium', 16)
    assert.deepEqual([budget.used, budget.exhausted, budget.shed], [MAX, true, 0])
    buffer.add('medium')
    assert.deepEqual([budget.used, budget.exhausted, budget.shed], [15 * KIB, false, 2 * KIB])
  })

  it('drops the low first, whosever they are, and the high last', async () => {
    const budget = new MemoryBudget({ maxBufferedBytes: MAX })
    const a = new Buffer(budget, await createPeerId())
    const b = new Buffer(budget, await createPeerId())

    a.add('high', 8)
    a.add('medium', 4)
    b.add('low', 2)
    b.add('high', 2)
    a.add('high', 1)
    assert.deepEqual(
      [a.dropped, b.dropped],
      [
        { low: 0, medium: 0, high: 0 },
        { low: 2, medium: 0, high: 0 }
      ]
    )
    a.add('high', 2)
    assert.deepEqual(a.dropped, { low: 0, medium: 2, high: 0 })

    a.add('high', 20)
    assert.deepEqual([a.held.low, b.held.low, a.held.medium], [0, 0, 0])
    assert.ok(a.dropped.high + b.dropped.high > 0)
    assert.ok(budget.used <= MAX)
  })

  it('drops what waits for the peer of the lowest score before the others', async () => {
    const peers = await Promise.all(Array.from({ length: 3 }, createPeerId))
    const scores = [5, -50, 0]
    const budget = new MemoryBudget({
      maxBufferedBytes: MAX,
      scoreOf: (peer) => scores[peers.findIndex((each) => each.equals(peer))] ?? 0
    })
    const buffers = peers.map((peer) => new Buffer(budget, peer))

    buffers.forEach((buffer) => buffer.add('medium', 5))
    buffers[0]?.add('medium', 2)
    assert.deepEqual(
      buffers.map(({ dropped }) => dropped.medium),
      [0, 2, 0]
    )
    buffers[0]?.add('medium', 10)
    assert.deepEqual(
      buffers.map(({ held }) => held.medium),
      // the worst has nothing left, and then the next
      [buffers[0]?.held.medium, 0, 0]
    )
  })

  it('is exhausted by what cannot be dropped, for as long as it is held', () => {
    const budget = new MemoryBudget({ maxBufferedBytes: MAX })

    budget.add(2 * MAX)
    assert.deepEqual([budget.exhausted, budget.shed], [true, 0])
    budget.add(-MAX - 1)
    assert.equal(budget.exhausted, false)
  })

  it('drops nothing of a buffer that is no longer its own', async () => {
    const budget = new MemoryBudget({ maxBufferedBytes: MAX })
    const buffer = new Buffer(budget, await createPeerId())

    buffer.add('low', 16)
    budget.unregister(buffer)
    buffer.add('low')
    assert.equal(buffer.dropped.low, 0)
  })
})
