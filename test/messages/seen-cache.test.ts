import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SeenCache } from '../../src/messages/seen-cache.ts'
import { ManualClock } from '../support/manual-clock.ts'

/** Asks for a message and notes it, as a receiver does; whether it was new. */
function add(cache: SeenCache, n: number): boolean {
  const key = cache.key(BigInt(n), new TextEncoder().encode('message'))
  const known = cache.has(key)

  if (!known) {
    cache.add(key, 'peer')
  }

  return !known
}

describe('SeenCache', () => {
  it('knows a message until the tick it expires at, and a look renews it', async () => {
    const clock = new ManualClock()
    const cache = new SeenCache({ clock, ttl: 100 })

    assert.equal(add(cache, 1), true)
    await clock.advance(99)
    assert.equal(add(cache, 1), false)
    await clock.advance(99)
    assert.equal(add(cache, 1), false)
    await clock.advance(100)
    assert.equal(add(cache, 1), true)
    assert.deepEqual(cache.counts, { hits: 2, misses: 2 })
  })

  it('is bounded, and forgets the message unseen the longest', () => {
    const cache = new SeenCache({ maxLocalMessages: 3, clock: new ManualClock() })

    for (const n of [1, 2, 3]) {
      add(cache, n)
    }

    add(cache, 1)
    add(cache, 4)
    assert.equal(cache.size, 3)
    assert.equal(add(cache, 1), false)
    assert.equal(add(cache, 2), true)
  })

  it('drops what has expired when something is added', async () => {
    const clock = new ManualClock()
    const cache = new SeenCache({ clock, ttl: 100 })

    for (let n = 0; n < 50; n++) {
      add(cache, n)
    }

    await clock.advance(100)
    add(cache, 50)
    assert.equal(cache.size, 1)
  })

  it('tells messages apart by number and by every byte', () => {
    const cache = new SeenCache()
    const keys = [
      cache.key(1n, new Uint8Array([0, 1])),
      cache.key(2n, new Uint8Array([0, 1])),
      cache.key(1n, new Uint8Array([0, 0])),
      cache.key(1n, new Uint8Array([0])),
      cache.key(0n, new Uint8Array([1, 0, 1]))
    ]

    assert.equal(new Set(keys).size, keys.length)
    assert.equal(cache.key(1n, new Uint8Array([0, 1])), keys[0])
  })
})
