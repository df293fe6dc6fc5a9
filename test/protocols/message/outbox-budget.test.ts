import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { MemoryBudget } from '../../../src/limits/index.ts'
import { createPeerId } from '../../support/create-peer-id.ts'
import { ManualClock, settle } from '../../support/manual-clock.ts'
import { StreamNodes } from '../../support/stream-nodes.ts'
import { bytesOf, gatedOutbox } from './support/gated-outbox.ts'
import type { MessagePriority } from '../../../protocols/message/index.ts'

const MESSAGE = 1_000

function message(text: string): Uint8Array {
  return bytesOf(text.padEnd(MESSAGE, '.'))
}

describe('outbox within a budget', () => {
  let nodes: StreamNodes

  before(async () => {
    nodes = await StreamNodes.create({ transport: 'tcp' })
  })
  after(() => nodes.stop())

  it('tells of what it holds, and that it holds nothing once all is sent, given up or failed', async () => {
    for (const end of ['sent', 'given up', 'aborted'] as const) {
      const budget = new MemoryBudget()
      const { outbox, release, read } = await gatedOutbox(nodes, { budget, clock: new ManualClock() })
      const controller = new AbortController()
      const sends = ['a', 'b', 'c'].map(async (text) =>
        outbox.send(message(text), { signal: controller.signal })
      )
      const settled = Promise.allSettled(sends)

      assert.equal(budget.used, 3 * MESSAGE)

      if (end === 'sent') {
        release()
        await settled
        assert.equal((await read(3)).length, 3)
      } else if (end === 'given up') {
        controller.abort(new Error('enough'))
      } else {
        outbox.abort(new Error('over'))
      }

      await settled
      await settle()
      assert.equal(budget.used, 0, end)
    }
  })

  it('rejects what is dropped, the last of the least important first, and sends the rest', async () => {
    const budget = new MemoryBudget({ maxBufferedBytes: 8 * MESSAGE })
    const { outbox, release, read } = await gatedOutbox(nodes, { budget, clock: new ManualClock() })

    budget.register(await createPeerId(), outbox)

    const send = async (text: string, priority: MessagePriority): Promise<string> =>
      outbox.send(message(text), { priority }).then(
        () => 'sent',
        (error: Error) => error.name
      )
    const outcomes = [
      ...['low 1', 'low 2', 'low 3'].map(async (text) => send(text, 'low')),
      ...['medium 1', 'medium 2'].map(async (text) => send(text, 'medium')),
      ...['high 1', 'high 2', 'high 3'].map(async (text) => send(text, 'high'))
    ]

    assert.equal(budget.used, 8 * MESSAGE)

    const last = send('high 4', 'high')

    assert.ok(budget.used <= 8 * MESSAGE)
    release()
    assert.deepEqual(await Promise.all([...outcomes, last]), [
      'sent',
      'MessageDroppedError',
      'MessageDroppedError',
      ...Array.from({ length: 6 }, () => 'sent')
    ])
    assert.deepEqual(
      (await read(7)).map((text) => text.replace(/\.+$/, '')),
      ['high 1', 'high 2', 'high 3', 'high 4', 'medium 1', 'medium 2', 'low 1']
    )
    assert.equal(budget.used, 0)
  })

  it('drops the message itself that is one too many when nothing is less important', async () => {
    const budget = new MemoryBudget({ maxBufferedBytes: 4 * MESSAGE })
    const { outbox, release } = await gatedOutbox(nodes, { budget, clock: new ManualClock() })

    budget.register(await createPeerId(), outbox)

    const first = Promise.all(
      ['a', 'b', 'c', 'd'].map(async (text) => outbox.send(message(text), { priority: 'high' }))
    )
    const rest = first.catch((error: Error) => error.name)

    await assert.rejects(outbox.send(message('e'), { priority: 'low' }), { name: 'MessageDroppedError' })
    release()
    // a sixteenth less than the bound is kept, so that one more of the first had to go
    assert.equal(await rest, 'MessageDroppedError')
  })
})
