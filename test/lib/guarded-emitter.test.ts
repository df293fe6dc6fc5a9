import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GuardedEventEmitter } from '../../src/lib/guarded-emitter.ts'
import { settle } from '../support/manual-clock.ts'

interface Events {
  first: CustomEvent<number>
  second: CustomEvent<string>
}

function create(): { emitter: GuardedEventEmitter<Events>; failures: string[]; heard: unknown[] } {
  const failures: string[] = []

  return {
    emitter: new GuardedEventEmitter<Events>((type, err) =>
      failures.push(`${type}: ${(err as Error).message}`)
    ),
    failures,
    heard: []
  }
}

describe('guarded event emitter', () => {
  it('calls every listener, in order, whatever others throw or reject with', async () => {
    const { emitter, failures, heard } = create()

    emitter.addEventListener('first', () => {
      throw new Error('thrown')
    })
    emitter.addEventListener('first', (): unknown => Promise.reject(new Error('rejected')))
    emitter.addEventListener('first', {
      handleEvent: () => {
        throw new Error('by an object')
      }
    })
    emitter.addEventListener('first', ({ detail }) => heard.push(detail))
    emitter.addEventListener('first', () => heard.push('last'))
    emitter.safeDispatchEvent('first', { detail: 1 })
    // as any event target does, before the dispatch returns
    assert.deepEqual(heard, [1, 'last'])
    await settle()
    assert.deepEqual(failures.toSorted(), ['first: by an object', 'first: rejected', 'first: thrown'])
  })

  it('calls a listener once that was added twice, and not after it was removed', () => {
    const { emitter, heard } = create()
    const listener = (): void => {
      heard.push('heard')
    }

    emitter.addEventListener('first', listener)
    emitter.addEventListener('first', listener)
    emitter.addEventListener('second', listener)
    assert.deepEqual([emitter.listenerCount('first'), emitter.listenerCount('second')], [1, 1])
    emitter.safeDispatchEvent('first', { detail: 1 })
    emitter.removeEventListener('first', listener)
    emitter.safeDispatchEvent('first', { detail: 2 })
    emitter.safeDispatchEvent('second', { detail: '' })
    assert.equal(heard.length, 2)
    assert.deepEqual([emitter.listenerCount('first'), emitter.listenerCount('second')], [0, 1])
  })

  it('forgets a listener that was to be called once, or whose signal is aborted', () => {
    const { emitter, heard } = create()
    const controller = new AbortController()
    const listener = (): void => {
      heard.push('heard')
    }

    for (const run of [1, 2]) {
      emitter.addEventListener('first', listener, { once: true })
      emitter.safeDispatchEvent('first', { detail: run })
      emitter.safeDispatchEvent('first', { detail: run })
      assert.deepEqual([heard.length, emitter.listenerCount('first')], [run, 0])
    }

    emitter.addEventListener('first', listener, { signal: controller.signal })
    controller.abort()
    emitter.safeDispatchEvent('first', { detail: 3 })
    assert.deepEqual([heard.length, emitter.listenerCount('first')], [2, 0])
  })

  it('takes null for no listener', () => {
    const { emitter } = create()

    emitter.addEventListener('first', null)
    emitter.removeEventListener('first', null)
    emitter.safeDispatchEvent('first', { detail: 1 })
    assert.equal(emitter.listenerCount('first'), 0)
  })
})
