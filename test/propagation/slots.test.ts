import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Slots } from '../../src/propagation/slots.ts'
import { createPeerId } from '../support/create-peer-id.ts'

const [a, b, c] = await Promise.all([createPeerId(), createPeerId(), createPeerId()])

describe('slots', () => {
  it('are given in the order in which they were asked for', async () => {
    const slots = new Slots(2)
    const order: number[] = []
    const first = [await slots.acquire(a), await slots.acquire(a)]
    const later = [1, 2, 3].map(async (each) => {
      const slot = await slots.acquire(b)

      order.push(each)
      slot.leave()
    })

    assert.equal(slots.take(b), undefined)
    first[0]?.leave()
    await Promise.all(later)
    assert.deepEqual(order, [1, 2, 3])
    assert.equal(slots.free, 1)
    first[1]?.leave()
    assert.equal(slots.free, 2)
  })

  it('are given back once', () => {
    const slots = new Slots(2)
    const slot = slots.take(a)

    slots.take(a)
    slot?.leave()
    slot?.leave()
    slot?.pause()
    assert.equal(slots.free, 1)
  })

  it('go to the peer that has the fewest', async () => {
    const slots = new Slots(3)
    const held = [slots.take(a), slots.take(a), slots.take(b)]
    const order: string[] = []
    const waiting = Object.entries({ a, b, c }).map(async ([name, peer]) => {
      await slots.acquire(peer)
      order.push(name)
    })

    held.forEach((slot) => slot?.leave())
    await Promise.all(waiting)
    assert.deepEqual(order, ['c', 'a', 'b'])
  })

  it('that pause let others begin, and go on at once', async () => {
    const slots = new Slots(1)
    const first = slots.take(a)
    const second = slots.acquire(b)

    first?.pause()
    assert.equal((await second).active, true)
    first?.resume()
    assert.equal(slots.free, -1)
    assert.equal(slots.take(c), undefined)
    first?.leave()
    ;(await second).leave()
    assert.equal(slots.free, 1)
  })

  it('that pause are still those of their peer', async () => {
    const slots = new Slots(2)
    const held = [slots.take(a), slots.take(a)]
    let given = false

    held.forEach((slot) => slot?.pause())
    assert.equal(slots.take(a), undefined)
    const third = slots.acquire(a).then(() => (given = true))

    slots.take(b)?.leave()
    await Promise.resolve()
    assert.equal(given, false)
    held[0]?.leave()
    await third
  })

  it('do not go to one who has ceased to wait', async () => {
    const slots = new Slots(1)
    const slot = await slots.acquire(a)
    const controller = new AbortController()
    const given = slots.acquire(a, { signal: controller.signal })
    const next = slots.acquire(a)

    controller.abort(new Error('enough'))
    await assert.rejects(given, /enough/)
    slot.leave()
    ;(await next).leave()
    assert.equal(slots.free, 1)
  })

  it('are not lost when one ceases to wait as it gets one', async () => {
    const slots = new Slots(1)
    const slot = await slots.acquire(a)
    const controller = new AbortController()
    const given = slots.acquire(a, { signal: controller.signal })

    slot.leave()
    controller.abort(new Error('enough'))
    await given.then(
      (taken) => taken.leave(),
      () => {}
    )
    await Promise.resolve()
    assert.equal(slots.free, 1)
  })
})
