import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { FairShares } from '../../../src/lib/fair/fair-shares.ts'
import { introducer, someIntroducer } from './introducers.ts'
import type { Introducer } from '../../../src/lib/fair/index.ts'

/** What the ledger says, found by looking at everything. */
function largestOf(held: Map<Introducer, number>, asking: Introducer, amount: number): string | undefined {
  const all = new Map([...held].map(([each, count]) => [each.id, { ...each, count }]))
  const own = all.get(asking.id)

  all.set(asking.id, { ...asking, count: (own?.count ?? 0) + amount })

  let left = [...all.values()]

  for (const level of ['subnet', 'host', 'id'] as const) {
    const sums = Map.groupBy(left, (each) => each[level])
    const sumOf = (name: string | undefined): number =>
      (sums.get(name) ?? []).reduce((sum, { count }) => sum + count, 0)
    const most = Math.max(...[...sums.keys()].map(sumOf))

    if (left.includes(all.get(asking.id) as (typeof left)[0]) && sumOf(asking[level]) === most) {
      left = sums.get(asking[level]) ?? []
    } else {
      const winners = [...sums.keys()].filter((name) => sumOf(name) === most)

      // the ledger may take any of equals
      return winners.length > 1 ? undefined : rest(sums.get(winners[0]) ?? [], level)
    }
  }

  return asking.id
}

function rest(left: Array<Introducer & { count: number }>, level: string): string | undefined {
  for (const next of level === 'subnet'
    ? (['host', 'id'] as const)
    : level === 'host'
      ? (['id'] as const)
      : []) {
    const sums = [...Map.groupBy(left, (each) => each[next]).values()]
    const sumOf = (each: typeof left): number => each.reduce((sum, { count }) => sum + count, 0)
    const most = Math.max(...sums.map(sumOf))
    const winners = sums.filter((each) => sumOf(each) === most)

    if (winners.length > 1) {
      return undefined
    }

    left = winners[0] ?? []
  }

  return left[0]?.id
}

const steps = fc.array(
  fc.record({
    who: someIntroducer.map((each) => ({ ...each, chosen: false, id: each.id.replace(' chosen', '') })),
    amount: fc.integer({ min: 1, max: 5 }),
    remove: fc.boolean()
  }),
  { maxLength: 200 }
)

describe('FairShares', () => {
  it('takes from the network that holds the most, in it from the host, and there from the introducer', () => {
    const shares = new FairShares({ max: 12 })

    for (const [subnet, host, peer, amount] of [
      [1, 1, 1, 2],
      [1, 1, 2, 3],
      [1, 2, 1, 1],
      [2, 1, 1, 4],
      [3, 1, 1, 2]
    ] as const) {
      shares.add(introducer(subnet, host, peer), amount)
    }

    assert.deepEqual(shares.claim(introducer(4, 1, 1), 1), { fits: false, from: '1.1.2' })
    // the asking introducer's own network would hold the most
    assert.deepEqual(shares.claim(introducer(1, 2, 1), 1), { fits: false, from: '1.1.2' })
    assert.deepEqual(shares.claim(introducer(2, 1, 1), 3), { fits: false, from: '2.1.1' })
  })

  it('has who asks give up its own rather than take from one that holds as much', () => {
    const shares = new FairShares({ max: 4 })

    shares.add(introducer(1, 1, 1), 2)
    shares.add(introducer(2, 1, 1), 2)
    assert.deepEqual(shares.claim(introducer(1, 1, 1), 1), { fits: false, from: '1.1.1' })
    assert.deepEqual(shares.claim(introducer(3, 1, 1), 2), { fits: false, from: '3.1.1' })
  })

  it('keeps the reserve for chosen introducers, and never takes from them what is within it', () => {
    const shares = new FairShares({ max: 10, reserved: 4 })
    const other = introducer(1, 1, 1)
    const chosen = introducer(2, 1, 1, true)

    assert.deepEqual(shares.claim(other, 7), { fits: false })
    assert.deepEqual(shares.claim(other, 6), { fits: true })
    shares.add(other, 6)
    assert.deepEqual(shares.claim(introducer(3, 1, 1), 1), { fits: false, from: other.id })
    assert.deepEqual(shares.claim(chosen, 4), { fits: true })
    shares.add(chosen, 4)
    assert.deepEqual(shares.claim(introducer(3, 1, 1), 1), { fits: false, from: other.id })
    // more than the reserve is shared as by all
    assert.deepEqual(shares.claim(chosen, 1), { fits: false, from: other.id })
  })

  it('lets no introducer have more than it may, however much is free', () => {
    const shares = new FairShares({ max: 100, maxEach: 3 })
    const one = introducer(1, 1, 1)

    shares.add(one, 3)
    assert.deepEqual(shares.claim(one, 1), { fits: false, from: one.id })
    assert.deepEqual(shares.claim(introducer(1, 1, 2), 4), { fits: false })
  })

  it('counts what an introducer held at its former address at the new one', () => {
    const shares = new FairShares({ max: 10 })
    const one = introducer(1, 1, 1)

    shares.add(one, 4)
    shares.add(introducer(2, 1, 1), 3)
    shares.add({ ...one, host: '2.2', subnet: '2' }, 1)
    assert.equal(shares.heldBy(one.id), 5)
    // the network 2 holds 8 now
    assert.deepEqual(shares.claim(introducer(1, 1, 2), 3), { fits: false, from: one.id })
    shares.remove(one.id, 5)
    assert.deepEqual([shares.held, shares.heldBy(one.id)], [3, 0])
  })

  it('says as a look at everything would who has to give up room, and counts what all hold', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 40 }), (all, max) => {
        const shares = new FairShares({ max })
        const held = new Map<string, { who: Introducer; count: number }>()
        const sum = (): number => [...held.values()].reduce((total, { count }) => total + count, 0)

        for (const { who, amount, remove } of all) {
          const entry = held.get(who.id) ?? { who, count: 0 }

          if (remove) {
            const less = Math.min(amount, entry.count)

            if (less > 0) {
              shares.remove(who.id, less)
              entry.count -= less
            }
          } else if (amount <= max) {
            const claim = shares.claim(who, amount)

            assert.equal(claim.fits, sum() + amount <= max)

            if (claim.fits) {
              shares.add(who, amount)
              entry.count += amount
              held.set(who.id, entry)
            } else {
              const model = new Map(
                [...held.values()].filter(({ count }) => count > 0).map((each) => [each.who, each.count])
              )
              const expected = largestOf(model, who, amount)

              if (expected != null) {
                assert.equal(claim.from, expected)
              }
            }
          }

          assert.equal(shares.held, sum())
          assert.equal(shares.heldBy(who.id), entry.count)
        }
      })
    )
  })
})
