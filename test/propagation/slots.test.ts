import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Slots } from '../../src/propagation/slots.ts'

describe('slots', () => {
  it('are given in the order in which they were asked for', async () => {
    const slots = new Slots(2)
    const order: number[] = []
    const first = [await slots.acquire(), await slots.acquire()]
    const later = [1, 2, 3].map(async (each) => {
      const leave = await slots.acquire()

      order.push(each)
      leave()
    })

    assert.equal(slots.take(), undefined)
    first[0]?.()
    await Promise.all(later)
    assert.deepEqual(order, [1, 2, 3])
    assert.equal(slots.free, 1)
    first[1]?.()
    assert.equal(slots.free, 2)
  })

  it('are given back once', () => {
    const slots = new Slots(2)
    const leave = slots.take()

    slots.take()
    leave?.()
    leave?.()
    assert.equal(slots.free, 1)
  })

  it('do not go to one who has ceased to wait', async () => {
    const slots = new Slots(1)
    const leave = await slots.acquire()
    const controller = new AbortController()
    const given = slots.acquire({ signal: controller.signal })
    const next = slots.acquire()

    controller.abort(new Error('enough'))
    await assert.rejects(given, /enough/)
    leave()
    ;(await next)()
    assert.equal(slots.free, 1)
  })

  it('are not lost when one ceases to wait as it gets one', async () => {
    const slots = new Slots(1)
    const leave = await slots.acquire()
    const controller = new AbortController()
    const given = slots.acquire({ signal: controller.signal })

    leave()
    controller.abort(new Error('enough'))
    await given.then(
      (taken) => taken(),
      () => {}
    )
    await Promise.resolve()
    assert.equal(slots.free, 1)
  })
})
