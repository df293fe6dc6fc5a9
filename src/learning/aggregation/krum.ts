import { weightedSum } from './columns.ts'
import { NotEnoughUpdatesError } from './errors.ts'
import type { Distances } from './distances.ts'
import type { Plan, Strategy } from './types.ts'

export interface KrumOptions {
  /**
   * How many updates may be made up. Of n updates it tolerates floor((n - 3) / 2)
   * at most; where fewer come than 2f + 3, so many. @default 1
   */
  f?: number
}

export interface MultiKrumOptions extends KrumOptions {
  /** How many updates the result is the mean of. @default n - f */
  m?: number
}

const MIN_UPDATES = 3

/** The one update that is nearest to its neighbours (Blanchard et al. 2017). Samples do not count. */
export function krum({ f = 1 }: KrumOptions = {}): Strategy {
  return selecting('Krum', f, 1)
}

/** The mean of the updates that are nearest to their neighbours. Samples do not count. */
export function multiKrum({ f = 1, m }: MultiKrumOptions = {}): Strategy {
  return selecting('multi-Krum', f, m)
}

function selecting(name: string, f: number, m?: number): Strategy {
  if (!Number.isSafeInteger(f) || f < 0) {
    throw new RangeError(`f is ${f}, and has to be a natural number`)
  }

  if (m != null && (!Number.isSafeInteger(m) || m < 1)) {
    throw new RangeError(`m is ${m}, and has to be a natural number from 1`)
  }

  return {
    name,
    minUpdates: MIN_UPDATES,
    needsDistances: true,
    plan(samples, distances): Plan {
      const count = samples.length

      if (count < MIN_UPDATES || distances == null) {
        throw new NotEnoughUpdatesError(name, MIN_UPDATES, count)
      }

      const tolerated = Math.min(f, Math.floor((count - MIN_UPDATES) / 2))
      const selected = new Set(nearest(count, distances, tolerated).slice(0, m ?? count - tolerated))
      const shares = samples.map((_, update) => (selected.has(update) ? 1 / selected.size : 0))

      return {
        shares,
        notes: new Map(),
        tolerated,
        combine: (inputs, output) => weightedSum(inputs, shares, output)
      }
    }
  }
}

/** The updates by their score: the sum of the squared distances from the n - f - 2 nearest; ties by their order. */
function nearest(count: number, distances: Distances, f: number): number[] {
  const scores = Array.from({ length: count }, (_, update) => {
    const squared = distances.squared(update).slice(0, count - f - 2)

    return { update, score: squared.reduce((sum, value) => sum + value, 0) }
  })

  return scores.sort((a, b) => compare(a.score, b.score) || a.update - b.update).map(({ update }) => update)
}

/** Two infinite scores are equal. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a - b
}
