import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SeenCache } from '../../src/messages/seen-cache.ts'
import { ManualClock } from '../support/manual-clock.ts'

const message = (n: number): Uint8Array => new TextEncoder().encode(`message ${n}`)

describe('SeenCache', () => {
  it('knows a message until the tick it expires at, and a look renews it', async () => {
    const clock = new ManualClock()
    const cache = new SeenCache({ clock, ttl: 100 })

    assert.equal(cache.add(message(1)), true)
    await clock.advance(99)
    assert.equal(cache.add(message(1)), false)
    await clock.advance(99)
    assert.equal(cache.add(message(1)), false)
    await clock.advance(100)
    assert.equal(cache.add(message(1)), true)
    assert.deepEqual(cache.counts, { hits: 2, misses: 2 })
  })

  it('is bounded, and forgets the message unseen the longest', () => {
    const cache = new SeenCache({ maxLocalMessages: 3, clock: new ManualClock() })

    for (const n of [1, 2, 3]) {
      cache.add(message(n))
    }

    cache.add(message(1))
    cache.add(message(4))
    assert.equal(cache.size, 3)
    assert.equal(cache.add(message(1)), false)
    assert.equal(cache.add(message(2)), true)
  })

  it('drops what has expired when something is added', async () => {
    const clock = new ManualClock()
    const cache = new SeenCache({ clock, ttl: 100 })

    for (let n = 0; n < 50; n++) {
      cache.add(message(n))
    }

    await clock.advance(100)
    cache.add(message(50))
    assert.equal(cache.size, 1)
  })

  it('tells messages apart by one bit', () => {
    const cache = new SeenCache()

    assert.equal(cache.add(new Uint8Array([0, 1])), true)
    assert.equal(cache.add(new Uint8Array([0, 0])), true)
    assert.equal(cache.add(new Uint8Array([0])), true)
    assert.equal(cache.add(new Uint8Array([0, 1])), false)
  })
})
