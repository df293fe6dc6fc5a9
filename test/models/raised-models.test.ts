import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { array, assert as check, bigInt, integer, nat, property, shuffledSubarray } from 'fast-check'
import { RaisedModels } from '../../src/models/raised-models.ts'

describe('RaisedModels', () => {
  it('are told from new ones in any order, however far apart their numbers are', () => {
    const numbers = array(bigInt(0n, 2n ** 64n - 1n), { minLength: 1, maxLength: 16 })

    check(
      property(numbers, (seqnos) => {
        const raised = new RaisedModels({ maxRaisedModels: 16 })

        for (const [i, seqno] of seqnos.entries()) {
          assert.equal(raised.has('a', seqno, String(i)), false)
          raised.add('a', seqno, String(i))
          assert.equal(raised.has('a', seqno, String(i)), true)
        }

        assert.ok(seqnos.every((seqno, i) => raised.has('a', seqno, String(i))))
      })
    )
  })

  it('never count as new again, whatever else is raised', () => {
    check(
      property(array(integer({ min: 0, max: 200 }), { maxLength: 200, size: 'max' }), (numbers) => {
        const raised = new RaisedModels({ maxRaisedModels: 8 })
        const seen = new Set<number>()

        for (const number of numbers) {
          const known = raised.has('a', BigInt(number), String(number))

          assert.ok(known || !seen.has(number))

          if (!known) {
            raised.add('a', BigInt(number), String(number))
            seen.add(number)
          }
        }

        assert.ok([...seen].every((number) => raised.has('a', BigInt(number), String(number))))
        assert.ok(raised.size.models <= 8)
      })
    )
  })

  it('are overtaken by one less than there is room for, and no more', () => {
    const order = Array.from({ length: 8 }, (_, i) => BigInt(i) * 1_000_000n + 1n)

    check(
      property(shuffledSubarray(order, { minLength: 8 }), (numbers) => {
        const raised = new RaisedModels({ maxRaisedModels: 8 })

        for (const seqno of numbers) {
          assert.equal(raised.has('a', seqno, String(seqno)), false)
          raised.add('a', seqno, String(seqno))
        }

        // the ninth makes room by the oldest
        raised.add('a', 8_000_001n, 'ninth')
        assert.equal(raised.has('a', 0n, 'older'), true)
        assert.equal(raised.has('a', 1n, 'as old'), true)
        assert.equal(raised.has('a', 2n, 'newer'), false)
      })
    )
  })

  it('with a number far ahead leave those after it new', () => {
    const raised = new RaisedModels({ maxRaisedModels: 8 })

    raised.add('a', 2n ** 64n - 1n, 'from a clock that was wrong')
    assert.equal(raised.has('a', 1n, 'next'), false)
  })

  it('that became old while they came leave no trace', () => {
    const raised = new RaisedModels({ maxRaisedModels: 2 })

    for (const seqno of [2n, 3n, 4n, 1n]) {
      raised.add('a', seqno, String(seqno))
    }

    assert.equal(raised.has('a', 1n, '1'), true)
    assert.equal(raised.size.models, 2)
  })

  it('are remembered of so many origins, the latest heard', () => {
    const raised = new RaisedModels({ maxRaisedOrigins: 2 })

    raised.add('a', 1n, '1')
    raised.add('b', 1n, '1')
    raised.add('a', 2n, '2')
    raised.add('c', 1n, '1')
    assert.equal(raised.has('a', 1n, '1'), true)
    assert.equal(raised.has('b', 1n, '1'), false, 'b was heard before the others')

    check(
      property(array(nat(50), { maxLength: 200, size: 'max' }), (origins) => {
        const bounded = new RaisedModels({ maxRaisedOrigins: 10 })

        origins.forEach((origin, i) => bounded.add(String(origin), BigInt(i), String(i)))
        assert.ok(bounded.size.origins <= 10)
      })
    )
  })
})
