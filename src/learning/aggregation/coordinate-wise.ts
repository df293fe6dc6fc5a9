import { meanOfRange, sortColumns } from './columns.ts'
import { TRIM } from './constants.ts'
import type { Plan, Strategy } from './types.ts'

export interface TrimmedMeanOptions {
  /**
   * The share of values that is left out at each end, 0 to below 0.5; of n
   * updates floor(n * beta). @default 0.2
   */
  beta?: number
}

/** The median of each element. Less than half of the updates cannot move it beyond the others. Samples do not count. */
export function median(): Strategy {
  return coordinateWise('median', (count) => (count - 1) >> 1)
}

/** The mean of each element's values without the least and the greatest. Samples do not count. */
export function trimmedMean({ beta = TRIM }: TrimmedMeanOptions = {}): Strategy {
  if (!(beta >= 0 && beta < 0.5)) {
    throw new RangeError(`beta is ${beta}, and has to be from 0 to below 0.5`)
  }

  return coordinateWise('trimmed mean', (count) => Math.floor(count * beta))
}

/** @param trimmed - how many of so many values are left out, at each end */
function coordinateWise(name: string, trimmed: (count: number) => number): Strategy {
  return {
    name,
    minUpdates: 1,
    needsDistances: false,
    plan(samples): Plan {
      const count = samples.length
      const out = trimmed(count)

      return {
        shares: samples.map(() => 1 / count),
        notes: new Map(),
        tolerated: out,
        combine(inputs, output) {
          sortColumns(inputs)
          meanOfRange(inputs, out, count - out, output)
        }
      }
    }
  }
}
