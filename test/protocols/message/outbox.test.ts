import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { StreamNodes } from '../../support/stream-nodes.ts'
import { ManualClock, settle } from '../../support/manual-clock.ts'
import { bytesOf, gatedOutbox } from './support/gated-outbox.ts'
import type { OutboxSendOptions } from '../../../protocols/message/types.ts'

describe('outbox', () => {
  let nodes: StreamNodes

  before(async () => {
    nodes = await StreamNodes.create({ transport: 'tcp' })
  })
  after(() => nodes.stop())

  it('keeps the order within a priority, and lets a higher one overtake what waits', async () => {
    const { outbox, release, read } = await gatedOutbox(nodes)
    const sends = (['low', 'medium', undefined, 'high', 'low', 'high'] as const).map(
      async (priority, index) => outbox.send(bytesOf(`${priority} ${index}`), { priority })
    )

    release()
    await Promise.all(sends)
    assert.deepEqual(await read(6), ['high 3', 'high 5', 'medium 1', 'undefined 2', 'low 0', 'low 4'])
  })

  it('joins what waits into one write, up to the limit with the lengths of the frames', async () => {
    // three frames of 1 + 9 bytes fill a write
    for (const [maxCoalescedBytes, writes] of [
      [30, [30, 10]],
      [29, [20, 20]],
      [40, [40]],
      [1, [10, 10, 10, 10]]
    ] as const) {
      const { outbox, release, ...peer } = await gatedOutbox(nodes, { maxCoalescedBytes })
      const texts = ['message 1', 'message 2', 'message 3', 'message 4']
      const sends = texts.map(async (text) => outbox.send(bytesOf(text)))

      release()
      await Promise.all(sends)
      assert.deepEqual(peer.writes, writes, `at ${maxCoalescedBytes}`)
      assert.deepEqual(await peer.read(4), texts)
    }
  })

  it('does not let a small message pass a larger one that is more urgent', async () => {
    const { outbox, release, read } = await gatedOutbox(nodes, { maxCoalescedBytes: 8 })
    const sends = [
      outbox.send(bytesOf('a'), { priority: 'high' }),
      outbox.send(bytesOf('much too long for this write'), { priority: 'high' }),
      outbox.send(bytesOf('b'), { priority: 'low' })
    ]

    release()
    await Promise.all(sends)
    assert.deepEqual(await read(3), ['a', 'much too long for this write', 'b'])
  })

  it('sends on an open stream without waiting for others', async () => {
    const clock = new ManualClock()
    const { outbox, release, read } = await gatedOutbox(nodes, { clock })

    release()
    await outbox.send(bytesOf('first'))
    await outbox.send(bytesOf('second'))
    assert.deepEqual(await read(2), ['first', 'second'])
    assert.equal(clock.pending, 0)
    assert.deepEqual([outbox.queuedMessages, outbox.queuedBytes], [0, 0])
  })

  for (const [name, init, fits] of [
    ['messages', { maxQueuedMessages: 3, maxQueuedBytes: 1_000 }, ['aa', 'bb', 'cc']],
    ['bytes', { maxQueuedMessages: 1_000, maxQueuedBytes: 6 }, ['aaa', 'b', 'cc']]
  ] as const) {
    it(`is full at its limit of ${name}, and refuses or keeps the sender waiting then`, async () => {
      const { outbox, release, read } = await gatedOutbox(nodes, init)
      const refuse: OutboxSendOptions = { wait: false }
      const sends = fits.map(async (text) => outbox.send(bytesOf(text), refuse))

      await assert.rejects(outbox.send(bytesOf('d'), refuse), { name: 'QueueFullError' })
      assert.equal(outbox.queuedMessages, 3)

      sends.push(outbox.send(bytesOf('e')), outbox.send(bytesOf('f'), { priority: 'high' }))
      await assert.rejects(outbox.send(bytesOf('g'), { ...refuse, priority: 'high' }), {
        name: 'QueueFullError'
      })

      release()
      await Promise.all(sends)
      assert.deepEqual(await read(5), ['f', ...fits, 'e'])
      assert.deepEqual([outbox.queuedMessages, outbox.queuedBytes], [0, 0])

      // there is room again
      await outbox.send(bytesOf('h'), refuse)
      assert.deepEqual(await read(1), ['h'])
    })
  }

  it('has room for one message of any size, whatever the limit of bytes', async () => {
    const { outbox, release, read } = await gatedOutbox(nodes, { maxQueuedBytes: 2 })
    const sent = outbox.send(bytesOf('longer'), { wait: false })

    await assert.rejects(outbox.send(bytesOf('a'), { wait: false }), { name: 'QueueFullError' })
    release()
    await sent
    assert.deepEqual(await read(1), ['longer'])
  })

  it('refuses a message above its limit, and takes one at it', async () => {
    const { outbox, release, read } = await gatedOutbox(nodes, { maxMessageBytes: 5 })

    release()
    await assert.rejects(outbox.send(bytesOf('123456')), {
      name: 'MessageTooLargeError',
      byteLength: 6,
      limit: 5
    })
    await outbox.send(bytesOf('12345'))
    assert.deepEqual(await read(1), ['12345'])
  })

  it('drops a message whose signal is aborted while it waits, and has its room at once', async () => {
    const { outbox, release, read } = await gatedOutbox(nodes, { maxQueuedMessages: 2 })
    const controller = new AbortController()
    const first = outbox.send(bytesOf('first'))
    const dropped = outbox.send(bytesOf('dropped'), { signal: controller.signal })

    controller.abort(new Error('no more'))
    await assert.rejects(dropped, { message: 'no more' })
    assert.deepEqual([outbox.queuedMessages, outbox.queuedBytes], [1, 5])

    const last = outbox.send(bytesOf('last'), { wait: false })

    release()
    await Promise.all([first, last])
    assert.deepEqual(await read(2), ['first', 'last'])
  })

  it('goes on when all that waited was dropped', async () => {
    const { outbox, release, read, writes } = await gatedOutbox(nodes)
    const controller = new AbortController()
    const dropped = outbox.send(bytesOf('dropped'), { signal: controller.signal })

    controller.abort()
    await assert.rejects(dropped)
    release()
    await settle()
    assert.deepEqual(writes, [])

    await outbox.send(bytesOf('next'))
    assert.deepEqual(await read(1), ['next'])
  })

  it('does not take a message whose signal is aborted', async () => {
    const { outbox } = await gatedOutbox(nodes)

    await assert.rejects(outbox.send(bytesOf('a'), { signal: AbortSignal.abort(new Error('before')) }), {
      message: 'before'
    })
    assert.equal(outbox.queuedMessages, 0)
  })
})
