import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DEFAULT_CHUNK_BYTES, MAX_CHUNK_BYTES } from '../../protocols/model/limits.ts'
import { MIN_REQUEST_WINDOW_BYTES, REQUESTS_MEASURED } from '../../src/propagation/constants.ts'
import { RequestWindow } from '../../src/propagation/request-window.ts'
import { ManualClock } from '../support/manual-clock.ts'

const FIRST = MIN_REQUEST_WINDOW_BYTES / DEFAULT_CHUNK_BYTES

function create(
  maxBytes: number,
  chunkSize = DEFAULT_CHUNK_BYTES
): { window: RequestWindow; clock: ManualClock } {
  const clock = new ManualClock()

  return { window: new RequestWindow({ clock, chunkSize, maxBytes }), clock }
}

/**
 * Asks as a download does, of a source that is some way off and sends a chunk a millisecond.
 *
 * @param delay - milliseconds from a request to its first chunk
 * @returns the window after each chunk
 */
function run(maxBytes: number, delay: number, chunks: number): number[] {
  const { window, clock } = create(maxBytes)
  const underWay: number[] = []
  const windows: number[] = []

  while (windows.length < chunks) {
    if (underWay.length <= window.chunks / 2) {
      const count = window.chunks - underWay.length
      const from = Math.max(clock.now() + delay, (underWay.at(-1) ?? 0) + 1)

      window.asked(count)
      underWay.push(...Array.from({ length: count }, (_, index) => from + index))
    }

    clock.leap(Math.max(0, (underWay.shift() ?? 0) - clock.now()))
    window.received()
    windows.push(window.chunks)
  }

  return windows
}

describe('the window of requests', () => {
  it('is small at first, yet two chunks', () => {
    assert.equal(create(64 * DEFAULT_CHUNK_BYTES).window.chunks, FIRST)
    assert.equal(create(16 * MAX_CHUNK_BYTES, MAX_CHUNK_BYTES).window.chunks, 2)
    assert.equal(create(1).window.chunks, 2)
    assert.equal(create(3 * DEFAULT_CHUNK_BYTES).window.chunks, 3)
  })

  it('stays small when the source is near', () => {
    const windows = run(64 * DEFAULT_CHUNK_BYTES, 1, 1_000)

    assert.deepEqual([Math.min(...windows), Math.max(...windows)], [FIRST, FIRST])
  })

  it('grows until a source that is far is kept busy, and no further than that', () => {
    const windows = run(256 * DEFAULT_CHUNK_BYTES, 20, 2_000)
    const settled = windows.slice(1_000)

    assert.ok(Math.min(...settled) >= 20, `it is ${Math.min(...settled)}`)
    assert.ok(Math.max(...settled) <= 40, `it is ${Math.max(...settled)}`)
  })

  it('never exceeds its limit', () => {
    const windows = run(10 * DEFAULT_CHUNK_BYTES, 200, 500)

    assert.equal(Math.max(...windows), 10)
  })

  it('stays as it is when requests are never answered', () => {
    const { window } = create(64 * DEFAULT_CHUNK_BYTES)

    for (let request = 0; request <= REQUESTS_MEASURED; request++) {
      window.asked(1)
    }

    assert.equal(window.chunks, FIRST)
  })
})
