import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { ChunkSchedule } from '../../src/propagation/chunk-schedule.ts'

const CHUNKS = 40
const SOURCES = 4

type Step =
  | { type: 'ask'; source: number; max: number; room: number }
  | { type: 'receive'; source: number; at: number }
  | { type: 'lose'; source: number }

const source = fc.nat(SOURCES - 1)
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ type: fc.constant('ask' as const), source, max: fc.nat(12), room: fc.nat(12) }),
  fc.record({ type: fc.constant('receive' as const), source, at: fc.nat(CHUNKS) }),
  fc.record({ type: fc.constant('lose' as const), source })
)
const missing = fc.uniqueArray(fc.nat(CHUNKS - 1)).map((indices) => indices.sort((a, b) => a - b))

describe('the schedule of chunks', () => {
  it('asks each chunk of one source at a time, never twice of one, and forgets none', () => {
    fc.assert(
      fc.property(missing, fc.array(step, { maxLength: 60 }), (indices, steps) => {
        const schedule = new ChunkSchedule<number>(indices)
        // the plain rule: who has been asked for a chunk, who is to send it, and which have come
        const asked = Array.from({ length: SOURCES }, () => new Set<number>())
        const owner = new Map<number, number>()
        const come = new Set<number>()

        for (const each of steps) {
          if (each.type === 'ask') {
            const next = schedule.next(each.max, (index) => !asked[each.source]?.has(index))
            const expected = indices
              .filter((index) => !come.has(index) && !owner.has(index) && !asked[each.source]?.has(index))
              .slice(0, each.max)

            assert.deepEqual(next, expected)
            // a frame may have less room
            const taken = next.slice(0, each.room)

            schedule.asked(each.source, taken)
            taken.forEach((index) => asked[each.source]?.add(index))
            taken.forEach((index) => owner.set(index, each.source))
          } else if (each.type === 'receive') {
            const mine = [...owner].filter(([, by]) => by === each.source)
            const index = mine[each.at % Math.max(1, mine.length)]?.[0]

            if (index != null) {
              schedule.received(index)
              owner.delete(index)
              come.add(index)
            }
          } else {
            schedule.lost(each.source)
            asked[each.source]?.clear()

            for (const [index, by] of owner) {
              if (by === each.source) {
                owner.delete(index)
              }
            }
          }

          assert.equal(schedule.done, come.size === indices.length)
          assert.equal(schedule.free, indices.length - come.size - owner.size)

          for (let by = 0; by < SOURCES; by++) {
            assert.equal(schedule.outstanding(by), [...owner.values()].filter((other) => other === by).length)
          }
        }
      })
    )
  })

  it('takes a chunk from a source that was given up, and no second time', () => {
    const schedule = new ChunkSchedule<string>([0, 1])

    schedule.asked('slow', [0, 1])
    schedule.lost('slow')
    schedule.asked('fast', [0])
    schedule.received(0)
    schedule.received(1)
    schedule.received(1)
    assert.equal(schedule.done, true)
    assert.equal(schedule.free, 0)
    assert.equal(schedule.outstanding('fast'), 0)
  })

  it('asks a chunk of a second source, and of no third, and gives it back when both are lost', () => {
    const schedule = new ChunkSchedule<string>([0, 1, 2])

    schedule.asked('slow', [0, 1])
    schedule.asked('other', [2])
    assert.deepEqual(
      schedule.behind('slow', 1, () => true),
      [0]
    )
    assert.deepEqual(
      schedule.behind('slow', 2, (index) => index !== 0),
      [1]
    )
    schedule.asked('fast', [0, 1])
    assert.deepEqual(
      schedule.behind('slow', 2, () => true),
      []
    )
    schedule.received(0)
    assert.equal(schedule.outstanding('slow'), 1)
    schedule.lost('slow')
    assert.equal(schedule.free, 0)
    schedule.lost('fast')
    assert.equal(schedule.free, 1)
    schedule.received(0)
    assert.equal(schedule.free, 1)
  })
})
