import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { median, trends, trendTable } from './figures.ts'
import type { Sample } from './figures.ts'

const MIB = 1_048_576
const STEADY: Sample = {
  inUse: 50 * MIB,
  rss: 150 * MIB,
  files: 30,
  timers: 20,
  resources: 40,
  connections: 4,
  streams: 16
}

/** The names of what is not flat over eight samples. */
function growing(change: (index: number) => Partial<Sample>): string[] {
  const samples = Array.from({ length: 8 }, (_, index) => ({ ...STEADY, ...change(index) }))

  return trends(samples).flatMap(({ figure, flat }) => (flat ? [] : [figure]))
}

describe('figures of a soak', () => {
  it('are flat when they waver, settle at first, or shrink', () => {
    assert.deepEqual(
      growing((index) => ({ inUse: (50 + (index % 2)) * MIB, files: 30 - index })),
      []
    )
    assert.deepEqual(
      growing((index) => ({ inUse: (index < 2 ? 20 : 50) * MIB })),
      []
    )
  })

  it('grow when the last quarter is above the second by more than is let pass', () => {
    assert.deepEqual(
      growing((index) => ({ files: index >= 6 ? 34 : 30 })),
      []
    )
    assert.deepEqual(
      growing((index) => ({ files: index >= 6 ? 35 : 30 })),
      ['files']
    )
    assert.deepEqual(
      growing((index) => ({ inUse: (50 + 2 * index) * MIB, timers: 20 + 2 * index })),
      ['timers']
    )
    assert.deepEqual(
      growing((index) => ({ inUse: (50 + 4 * index) * MIB })),
      ['inUse']
    )
  })

  it('need four samples', () => {
    assert.throws(() => trends([STEADY, STEADY, STEADY]), RangeError)
  })

  it('are shown in a table', () => {
    const table = trendTable('node 0', trends([STEADY, STEADY, STEADY, STEADY]))

    assert.match(table, /^node 0 +2nd quarter +last +most\ninUse +50\.0 MiB/)
    assert.match(table, /streams +16 +16 +16 {2}flat\n$/)
  })

  it('have a median', () => {
    assert.deepEqual([median([3, 1, 2]), median([4, 1, 2, 3])], [2, 2.5])
  })
})
