import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import * as fc from 'fast-check'
import { StreamNodes } from '../../support/stream-nodes.ts'
import { bytesOf, gatedOutbox } from './support/gated-outbox.ts'
import type { MessagePriority } from '../../../protocols/message/index.ts'

const MAX_MESSAGES = 6
const MAX_BYTES = 60
const MAX_WRITE = 25

interface Action {
  priority: MessagePriority
  length: number
  wait: boolean
  /** Which of the messages that wait is given up after this one was sent, if any. */
  giveUp?: number
}

interface Waiting {
  text: string
  priority: MessagePriority
}

const action: fc.Arbitrary<Action> = fc.record(
  {
    priority: fc.constantFrom('low', 'medium', 'high'),
    length: fc.integer({ min: 4, max: 20 }),
    wait: fc.boolean(),
    giveUp: fc.nat({ max: 10 })
  },
  { requiredKeys: ['priority', 'length', 'wait'] }
)

/** Says what an outbox must do: a list that is sorted when it is sent. */
class Model {
  waiting: Waiting[] = []

  takes(text: string, wait: boolean): boolean {
    const bytes = this.waiting.reduce((sum, other) => sum + other.text.length, 0)

    return (
      wait ||
      this.waiting.length === 0 ||
      (this.waiting.length < MAX_MESSAGES && bytes + text.length <= MAX_BYTES)
    )
  }

  order(): string[] {
    const rank = { high: 0, medium: 1, low: 2 }

    return this.waiting.toSorted((a, b) => rank[a.priority] - rank[b.priority]).map(({ text }) => text)
  }
}

describe('outbox and its model', () => {
  let nodes: StreamNodes

  before(async () => {
    nodes = await StreamNodes.create({ transport: 'tcp' })
  })
  after(() => nodes.stop())

  it('agree on what is sent, and in which order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 30 }), async (actions) => {
        const { outbox, release, read, writes, local } = await gatedOutbox(nodes, {
          maxQueuedMessages: MAX_MESSAGES,
          maxQueuedBytes: MAX_BYTES,
          maxCoalescedBytes: MAX_WRITE
        })
        const model = new Model()
        const sends = new Map<string, { sent: Promise<unknown>; controller: AbortController }>()

        for (const [index, { priority, length, wait, giveUp }] of actions.entries()) {
          const text = `${index}`.padEnd(length, '.')
          const controller = new AbortController()
          const sent = outbox.send(bytesOf(text), { priority, wait, signal: controller.signal })

          if (model.takes(text, wait)) {
            sent.catch(() => {})
            model.waiting.push({ text, priority })
            sends.set(text, { sent, controller })
          } else {
            await assert.rejects(sent, { name: 'QueueFullError' })
          }

          const given = giveUp == null ? undefined : model.waiting[giveUp]

          if (given != null) {
            model.waiting = model.waiting.filter((waiting) => waiting !== given)
            sends.get(given.text)?.controller.abort()
            await assert.rejects(sends.get(given.text)?.sent ?? Promise.resolve(), { name: 'AbortError' })
          }

          assert.equal(outbox.queuedMessages, model.waiting.length)
        }

        release()
        await Promise.all(model.waiting.map(async ({ text }) => sends.get(text)?.sent))
        assert.deepEqual(await read(model.waiting.length), model.order())
        assert.ok(writes.every((bytes) => bytes <= MAX_WRITE))
        local.abort(new Error('the run is over'))
      }),
      { numRuns: 100 }
    )
  })
})
