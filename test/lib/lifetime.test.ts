import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { Lifetime } from '../../src/lib/lifetime.ts'

describe('Lifetime', () => {
  it('has a signal that is aborted from a stop to the next start, whatever is called how often', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('start' as const, 'stop' as const)), (calls) => {
        const lifetime = new Lifetime()

        assert.equal(lifetime.signal.aborted, false)

        for (const call of calls) {
          const before = lifetime.signal
          const stopped = before.aborted

          lifetime[call]()
          assert.equal(lifetime.signal.aborted, call === 'stop')
          // what began before a stop never runs again
          assert.equal(before.aborted, call === 'stop' || stopped)
        }
      })
    )
  })

  it('tells why what it ends has ended', () => {
    const lifetime = new Lifetime()

    lifetime.stop()
    assert.equal((lifetime.signal.reason as Error).name, 'AbortError')
  })
})
