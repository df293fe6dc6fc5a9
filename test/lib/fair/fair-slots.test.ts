import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { FairSlots } from '../../../src/lib/fair/index.ts'
import { introducer, someIntroducer } from './introducers.ts'

const one = introducer(1, 1, 1)
const two = introducer(2, 1, 1)

describe('FairSlots', () => {
  it('gives as many slots as there are, and one again that was given back, once', () => {
    const slots = new FairSlots({ max: 2 })
    const leave = slots.enter(one)

    assert.notEqual(slots.enter(two), undefined)
    assert.equal(slots.enter(two), undefined)
    leave?.()
    leave?.()
    assert.deepEqual([slots.used, slots.usedBy(one.id)], [1, 0])
    assert.notEqual(slots.enter(two), undefined)
    assert.equal(slots.enter(two), undefined)
  })

  it('takes the oldest slot that may be taken of whoever holds the most', () => {
    const slots = new FairSlots({ max: 3 })
    const taken: string[] = []

    slots.enter(one)
    slots.enter(one, () => taken.push('second'))
    slots.enter(one, () => taken.push('third'))
    assert.notEqual(slots.enter(two), undefined)
    assert.deepEqual(taken, ['second'])
    // both would hold as many: nothing moves to and fro
    assert.equal(slots.enter(two), undefined)
    assert.equal(slots.enter(one), undefined)
    assert.deepEqual([slots.usedBy(one.id), slots.usedBy(two.id)], [2, 1])
  })

  it('takes no slot that is not to be taken', () => {
    const slots = new FairSlots({ max: 3 })

    for (let i = 0; i < 3; i++) {
      slots.enter(one)
    }

    assert.equal(slots.enter(two), undefined)
    assert.equal(slots.usedBy(one.id), 3)
  })

  it('keeps the reserved slots for chosen introducers', () => {
    const slots = new FairSlots({ max: 3, reserved: 1 })

    assert.deepEqual(
      [slots.enter(one), slots.enter(one), slots.enter(two)].map((each) => each != null),
      [true, true, false]
    )
    assert.notEqual(slots.enter(introducer(2, 1, 2, true)), undefined)
  })

  it('never gives more than there are, and always one to who holds none while a host with others holds two that may be taken', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.record({ who: someIntroducer, leave: fc.option(fc.nat(20)) }), { maxLength: 200 }),
        (max, steps) => {
          const slots = new FairSlots({ max })
          const used = new Map<string, number>()
          const leaves: Array<{ id: string; leave(): void }> = []

          for (const { who, leave } of steps) {
            if (leave == null) {
              const others = new Set([...used].filter(([, count]) => count > 0).map(([id]) => id[0]))
              const most = Math.max(0, ...used.values())
              const entered = slots.enter(who, () => used.set(who.id, (used.get(who.id) ?? 0) - 1))

              if (entered != null) {
                used.set(who.id, (used.get(who.id) ?? 0) + 1)
                leaves.push({ id: who.id, leave: entered })
              } else {
                // its network, host or itself holds as much as any already
                assert.ok(others.has(who.id[0]) || most <= 1 || others.size > 1)
              }
            } else {
              const [left] = leaves.splice(leave % (leaves.length || 1), 1)
              const before = slots.used

              left?.leave()

              if (left != null && slots.used < before) {
                used.set(left.id, (used.get(left.id) ?? 0) - 1)
              }
            }

            assert.ok(slots.used <= max)
            assert.equal(
              [...used.values()].reduce((sum, each) => sum + each, 0),
              slots.used
            )
            used.forEach((count, id) => assert.equal(slots.usedBy(id), count))
          }
        }
      )
    )
  })
})
