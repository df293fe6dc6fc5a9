import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { atMost, onEvents, pause, waitFor } from '../../src/lib/wait-for.ts'
import { ManualClock, settle } from '../support/manual-clock.ts'

/** A value that can be watched. */
function watched(): {
  value: number
  set(value: number): void
  watchers: Set<() => void>
  on(check: () => void): () => void
} {
  const watchers = new Set<() => void>()

  return {
    value: 0,
    watchers,
    set(value) {
      this.value = value
      watchers.forEach((check) => check())
    },
    on(check) {
      watchers.add(check)

      return () => watchers.delete(check)
    }
  }
}

describe('waitFor', () => {
  it('resolves at once when the condition holds, and sets nothing up', async () => {
    const clock = new ManualClock()
    const promise = waitFor(() => true, { clock, timeout: 1_000, on: [() => assert.fail('subscribed')] })

    assert.equal(clock.pending, 0)
    assert.equal(await promise, true)
  })

  it('looks again after each event, and leaves no listener and no timer behind', async () => {
    const clock = new ManualClock()
    const target = new EventTarget()
    let looks = 0
    const waiting = waitFor(() => ++looks === 3, { clock, timeout: 1_000, on: [onEvents(target, 'a', 'b')] })

    target.dispatchEvent(new Event('a'))
    target.dispatchEvent(new Event('other'))
    target.dispatchEvent(new Event('b'))
    assert.equal(await waiting, true)
    target.dispatchEvent(new Event('a'))
    assert.deepEqual([looks, clock.pending], [3, 0])
  })

  it('resolves with false when the time is over', async () => {
    const clock = new ManualClock()
    const waiting = waitFor(() => false, { clock, timeout: 1_000, on: [] })

    await clock.advance(1_000)
    assert.equal(await waiting, false)
  })

  it('rejects with the reason of the signal, now or before', async () => {
    const clock = new ManualClock()
    const ending = new AbortController()
    const waiting = waitFor(() => false, { clock, timeout: 1_000, signal: ending.signal, on: [] })

    ending.abort(new Error('enough'))
    await assert.rejects(waiting, /enough/)
    await assert.rejects(
      waitFor(() => true, { clock, signal: ending.signal, on: [] }),
      /enough/
    )
    assert.equal(clock.pending, 0)
  })

  it('rejects with what the condition throws after an event', async () => {
    const clock = new ManualClock()
    const target = new EventTarget()
    let broken = false
    const waiting = waitFor(
      () => {
        if (broken) {
          throw new Error('broken')
        }

        return false
      },
      { clock, on: [onEvents(target, 'change')] }
    )

    broken = true
    target.dispatchEvent(new Event('change'))
    await assert.rejects(waiting, /broken/)
  })

  it('has the outcome of what comes first, and never leaves anything behind', async () => {
    const step = fc.oneof(
      fc.record({ set: fc.nat(5) }),
      fc.record({ wait: fc.nat(500) }),
      fc.constant({ abort: true as const })
    )

    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), fc.nat(1_000), async (steps, timeout) => {
        const clock = new ManualClock()
        const ending = new AbortController()
        const source = watched()
        let expected: boolean | Error | undefined
        let passed = 0
        const outcome = waitFor(() => source.value === 3, {
          clock,
          timeout,
          signal: ending.signal,
          on: [(check) => source.on(check)]
        }).catch((err: Error) => err)

        for (const each of steps) {
          if ('set' in each) {
            source.set(each.set)
            expected ??= each.set === 3 ? true : undefined
          } else if ('wait' in each) {
            await clock.advance(each.wait)
            passed += each.wait
            expected ??= passed >= timeout ? false : undefined
          } else if (!ending.signal.aborted) {
            const reason = new Error('enough')

            ending.abort(reason)
            expected ??= reason
          }

          await settle()
        }

        await clock.advance(timeout)
        assert.equal(await outcome, expected ?? false)
        assert.deepEqual([clock.pending, source.watchers.size], [0, 0])
      }),
      { numRuns: 50 }
    )
  })
})

describe('pause', () => {
  it('waits for so long, and no longer than until the signal is aborted', async () => {
    const clock = new ManualClock()
    const ending = new AbortController()
    const whole = pause(clock, 1_000)
    const cut = pause(clock, 1_000, ending.signal)

    ending.abort(new Error('enough'))
    await assert.rejects(cut, /enough/)
    await clock.advance(1_000)
    await whole
    assert.equal(clock.pending, 0)
  })
})

describe('atMost', () => {
  it('gives what the promise does, in time', async () => {
    const clock = new ManualClock()

    assert.equal(await atMost(clock, 1_000, Promise.resolve(7)), 7)
    await assert.rejects(atMost(clock, 1_000, Promise.reject(new Error('no'))), /no/)
    assert.equal(clock.pending, 0)
  })

  it('gives up when the time is over', async () => {
    const clock = new ManualClock()
    const waiting = atMost(clock, 1_000, new Promise(() => {}))

    await clock.advance(1_000)
    assert.equal(await waiting, undefined)
  })
})
