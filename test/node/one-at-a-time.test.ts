import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { OneAtATime } from '../../src/node/one-at-a-time.ts'
import { settle } from '../support/manual-clock.ts'

describe('work that is done one at a time', () => {
  it('is done once more when it is asked for meanwhile, however often', async () => {
    const gates: Array<PromiseWithResolvers<void>> = []
    const work = new OneAtATime(
      async () => {
        const gate = Promise.withResolvers<void>()

        gates.push(gate)
        await gate.promise
      },
      (err) => assert.fail(err)
    )

    work.run()
    work.run()
    work.run()
    assert.equal(gates.length, 1)
    gates[0]?.resolve()
    await settle()
    assert.equal(gates.length, 2)
    gates[1]?.resolve()
    await work.done()
    assert.equal(gates.length, 2)
    work.run()
    assert.equal(gates.length, 3)
  })

  it('is not begun a second time from within its beginning', async () => {
    let running = 0
    let runs = 0
    const work: OneAtATime = new OneAtATime(
      async () => {
        assert.equal(++running, 1)

        if (++runs === 1) {
          work.run()
        }

        await settle()
        running--
      },
      (err) => assert.fail(err)
    )

    work.run()
    await work.done()
    assert.deepEqual([runs, running], [2, 0])
  })

  const failures: Array<[string, () => Promise<void>]> = [
    ['fails', async () => Promise.reject(new Error('no'))],
    [
      'fails within the call',
      () => {
        throw new Error('no')
      }
    ]
  ]

  for (const [name, fail] of failures) {
    it(`can be done again after it ${name}`, async () => {
      const errors: string[] = []
      let runs = 0
      const work = new OneAtATime(
        () => {
          runs++

          return fail()
        },
        (err) => errors.push(err.message)
      )

      for (const run of [1, 2, 3]) {
        work.run()
        await work.done()
        assert.deepEqual([runs, errors.length], [run, run])
      }
    })
  }
})
