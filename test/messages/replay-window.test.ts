import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { array, assert as check, bigInt, integer, property, shuffledSubarray } from 'fast-check'
import { ReplayWindow } from '../../src/messages/replay-window.ts'

describe('ReplayWindow', () => {
  it('accepts each number within the window once, in any order, as a plain set does', () => {
    check(
      property(
        bigInt(0n, 2n ** 63n),
        array(integer({ min: -300, max: 300 }), { maxLength: 400, size: 'max' }),
        integer({ min: 1, max: 8 }),
        (start, steps, words) => {
          const size = words * 32
          const window = new ReplayWindow(size)
          const seen = new Set<bigint>()
          let newest: bigint | undefined
          let at = start + 400n * 300n

          for (const move of steps) {
            at += BigInt(move)

            const tooOld = newest != null && newest - at >= BigInt(size)

            assert.equal(window.accept(at), !tooOld && !seen.has(at))
            seen.add(at)
            newest = newest == null || at > newest ? at : newest
          }
        }
      ),
      { numRuns: 300 }
    )
  })

  it('survives any reordering that stays within the window', () => {
    const numbers = Array.from({ length: 128 }, (_, i) => BigInt(i) + 10n ** 15n)

    check(
      property(shuffledSubarray(numbers, { minLength: 128 }), (order) => {
        const window = new ReplayWindow(128)

        assert.ok(order.every((seqno) => window.accept(seqno)))
        assert.ok(order.every((seqno) => !window.accept(seqno)))
      })
    )
  })

  it('knows what is so far behind that it is taken for seen, and behind what', () => {
    const window = new ReplayWindow(64)

    assert.equal(window.behind(0n), undefined)
    window.accept(1_000n)
    assert.equal(window.behind(1_000n - 63n), undefined)
    assert.equal(window.behind(1_000n - 64n), 1_000n)
    assert.equal(window.behind(1_001n), undefined)
  })

  it('takes the number just inside the window and refuses the one just outside', () => {
    const inside = new ReplayWindow(64)
    const outside = new ReplayWindow(64)

    inside.accept(1_000n)
    outside.accept(1_000n)
    assert.equal(inside.accept(1_000n - 63n), true)
    assert.equal(outside.accept(1_000n - 64n), false)
  })
})
