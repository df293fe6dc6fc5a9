import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { FairBytes } from '../../../src/lib/fair/index.ts'
import { introducer, someIntroducer } from './introducers.ts'

const one = introducer(1, 1, 1)
const two = introducer(2, 1, 1)

describe('FairBytes', () => {
  it('takes bytes as long as there is room, and none of those for which there is not', () => {
    const bytes = new FairBytes({ max: 100 })

    assert.equal(bytes.take(one, 60), true)
    assert.equal(bytes.take(two, 41), false)
    assert.equal(bytes.take(two, 40), true)
    bytes.giveBack(one.id, 1_000)
    assert.deepEqual([bytes.used, bytes.usedBy(one.id), bytes.usedBy(two.id)], [40, 0, 40])
  })

  it('asks whoever holds the most for room, until there is enough or it gives up none', () => {
    const asked: string[] = []
    const bytes: FairBytes = new FairBytes({
      max: 100,
      onShort: (id) => {
        asked.push(id)

        if (asked.length < 4) {
          bytes.giveBack(id, 10)
        }
      }
    })

    bytes.take(one, 100)
    assert.equal(bytes.take(two, 30), true)
    assert.deepEqual(asked, [one.id, one.id, one.id])
    assert.equal(bytes.take(two, 10), false)
    assert.deepEqual([bytes.usedBy(one.id), bytes.usedBy(two.id)], [70, 30])
  })

  it('never holds more than it may, nor makes one give up room for another that would hold more', () => {
    const step = fc.record({
      who: someIntroducer,
      bytes: fc.integer({ min: 1, max: 50 }),
      back: fc.boolean()
    })

    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        let asking = { id: '', network: '', bytes: 0 }
        const ids = new Set<string>()
        const networkHolds = (network: string | undefined): number =>
          [...ids].filter((id) => id[0] === network).reduce((sum, id) => sum + shared.usedBy(id), 0)
        const shared: FairBytes = new FairBytes({
          max: 100,
          reserved: 20,
          onShort: (id) => {
            assert.ok(id === asking.id || networkHolds(id[0]) >= asking.bytes)
            shared.giveBack(id, 7)
          }
        })

        for (const { who, bytes, back } of steps) {
          ids.add(who.id)

          if (back) {
            shared.giveBack(who.id, bytes)
          } else {
            asking = { id: who.id, network: who.subnet ?? '', bytes }
            shared.take(who, bytes)
          }

          assert.ok(shared.used <= 100)
          assert.equal(
            [...ids].reduce((sum, id) => sum + shared.usedBy(id), 0),
            shared.used
          )
          assert.ok(
            [...ids].filter((id) => !id.includes('chosen')).reduce((sum, id) => sum + shared.usedBy(id), 0) <=
              80
          )
        }
      })
    )
  })
})
