/** What is sampled of a node, and when it counts as flat. Bytes, or numbers of things. */
export interface Sample {
  /** In and beside the JavaScript heap, after a collection. */
  inUse: number
  rss: number
  /** Open file descriptors. */
  files: number
  /** What keeps the event loop alive: timers, sockets, file operations. */
  timers: number
  resources: number
  connections: number
  streams: number
}

export type Figure = keyof Sample

export interface Trend {
  figure: Figure
  /** Median of the second quarter: the first in which the node has settled. */
  before: number
  /** Median of the last quarter. */
  after: number
  most: number
  flat: boolean
}

const MIB = 1_048_576

/** By how much a figure may be greater at the end: a part of what it was, and so much besides. */
const TOLERANCE: Record<Figure, { part: number; besides: number }> = {
  inUse: { part: 0.1, besides: 4 * MIB },
  // what the allocator holds on to; it wavers by tens of MiB with the models that are under way
  rss: { part: 0.15, besides: 32 * MIB },
  files: { part: 0, besides: 4 },
  timers: { part: 0, besides: 6 },
  resources: { part: 0, besides: 8 },
  connections: { part: 0, besides: 1 },
  streams: { part: 0, besides: 4 }
}

/** @param samples - of one node, in the order of time, at even intervals */
export function trends(samples: Sample[]): Trend[] {
  const quarter = Math.floor(samples.length / 4)

  if (quarter < 1) {
    throw new RangeError(`${samples.length} samples tell of no trend`)
  }

  return (Object.keys(TOLERANCE) as Figure[]).map((figure) => {
    const values = samples.map((sample) => sample[figure])
    const before = median(values.slice(quarter, 2 * quarter))
    const after = median(values.slice(-quarter))
    const { part, besides } = TOLERANCE[figure]

    return { figure, before, after, most: Math.max(...values), flat: after <= before * (1 + part) + besides }
  })
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)

  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

export function trendTable(label: string, all: Trend[]): string {
  const lines = all.map(({ figure, before, after, most, flat }) =>
    [
      figure.padEnd(12),
      ...[before, after, most].map((value) => shown(figure, value).padStart(12)),
      flat ? '  flat' : '  GROWS'
    ].join('')
  )
  const head = [label.padEnd(12), ...['2nd quarter', 'last', 'most'].map((text) => text.padStart(12))].join(
    ''
  )

  return `${[head, ...lines].join('\n')}\n`
}

function shown(figure: Figure, value: number): string {
  return figure === 'inUse' || figure === 'rss' ? `${(value / MIB).toFixed(1)} MiB` : String(value)
}
