import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { WriteQueue } from '../../src/lib/write-queue.ts'

describe('WriteQueue', () => {
  it('writes one after the other in the order asked for, whichever fail and however long each takes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ turns: fc.nat(5), fails: fc.boolean() }), { maxLength: 20 }),
        async (writes) => {
          const errors: unknown[] = []
          const done: number[] = []
          const queue = new WriteQueue((error) => errors.push(error))
          let running = 0

          for (const [at, { turns, fails }] of writes.entries()) {
            void queue.write(async () => {
              assert.equal(++running, 1)

              for (let turn = 0; turn < turns; turn++) {
                await Promise.resolve()
              }

              running--
              done.push(at)

              if (fails) {
                throw new Error(String(at))
              }
            })
          }

          await queue.flush()
          assert.deepEqual(done, [...writes.keys()])
          assert.deepEqual(
            errors.map((error) => (error as Error).message),
            writes.flatMap(({ fails }, at) => (fails ? [String(at)] : []))
          )
        }
      )
    )
  })
})
