import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { firstError, sendToEach, settleAll } from '../../src/lib/settle-all.ts'
import { ManualClock, settle } from '../support/manual-clock.ts'

describe('settleAll', () => {
  it('gives all results in order, or all errors once everything has settled', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(), fc.boolean())), async (outcomes) => {
        let settled = 0
        const promises = outcomes.map(async ([value, ok]) => {
          await settle()
          settled++

          if (!ok) {
            throw new Error(String(value))
          }

          return value
        })
        const failed = outcomes.filter(([, ok]) => !ok).map(([value]) => String(value))
        const all = await settleAll(promises).catch((err: AggregateError) => err)

        assert.equal(settled, outcomes.length)

        if (all instanceof AggregateError) {
          assert.deepEqual(
            all.errors.map(({ message }: Error) => message),
            failed
          )
          assert.equal((firstError(all) as Error).message, failed[0])
        } else {
          assert.deepEqual([all, failed], [outcomes.map(([value]) => value), []])
        }
      }),
      { numRuns: 30 }
    )
  })

  it('takes any other error as the first itself', () => {
    const error = new Error('one')

    assert.equal(firstError(error), error)
  })
})

describe('sendToEach', () => {
  it('begins one after another with the interval between, and waits for all', async () => {
    const clock = new ManualClock()
    const begun: string[] = []
    const sending = sendToEach(
      ['a', 'b', 'c'],
      async (each) => {
        begun.push(each)

        return each.toUpperCase()
      },
      { clock, interval: 100, signal: new AbortController().signal }
    )

    await settle()
    assert.deepEqual(begun, ['a'])
    await clock.advance(100)
    assert.deepEqual(begun, ['a', 'b'])
    await clock.advance(100)
    assert.deepEqual(await sending, ['A', 'B', 'C'])
  })

  it('begins no more when the signal is aborted', async () => {
    const clock = new ManualClock()
    const ending = new AbortController()
    const begun: string[] = []
    const sending = sendToEach(['a', 'b'], async (each) => void begun.push(each), {
      clock,
      interval: 100,
      signal: ending.signal
    })

    await settle()
    ending.abort(new Error('enough'))
    await assert.rejects(sending, /enough/)
    assert.deepEqual([begun, clock.pending], [['a'], 0])
  })
})
