import { weightedSum } from './columns.ts'
import { MAX_WEIGHT_RATIO } from './constants.ts'
import { NotEnoughUpdatesError } from './errors.ts'
import type { Plan, Strategy, WeightNote } from './types.ts'

export interface FedAvgOptions {
  /**
   * How many times the median of the samples an update may claim and still have
   * its full weight; one that claims more counts as many. @default 100
   */
  maxWeightRatio?: number
}

/** The mean, weighted by the samples behind each update. Any update can move it anywhere. */
export function fedAvg({ maxWeightRatio = MAX_WEIGHT_RATIO }: FedAvgOptions = {}): Strategy {
  if (!(maxWeightRatio >= 1)) {
    throw new RangeError(`maxWeightRatio is ${maxWeightRatio}, and has to be at least 1`)
  }

  const name = 'FedAvg'

  return {
    name,
    minUpdates: 1,
    needsDistances: false,
    plan(samples): Plan {
      const notes = new Map<number, WeightNote>()
      const weights = samples.map((value, update) => weightOf(value, update, notes))
      const most = maxWeightRatio * median(weights.filter((weight) => weight > 0))
      const limited = weights.map((weight, update) => {
        if (weight > most) {
          notes.set(update, 'limited')
        }

        return Math.min(weight, most)
      })
      const total = limited.reduce((sum, weight) => sum + weight, 0)

      if (!(total > 0)) {
        throw new NotEnoughUpdatesError(name, 1, 0)
      }

      const shares = limited.map((weight) => weight / total)

      return {
        shares,
        notes,
        tolerated: 0,
        combine: (inputs, output) => weightedSum(inputs, shares, output)
      }
    }
  }
}

/** The samples as a weight; 0 where they are not a number that can be counted. */
function weightOf(samples: number | bigint, update: number, notes: Map<number, WeightNote>): number {
  const weight = Number(samples)

  if (!(weight >= 0 && weight <= Number.MAX_SAFE_INTEGER)) {
    notes.set(update, 'invalid-samples')

    return 0
  }

  if (weight === 0) {
    notes.set(update, 'no-samples')
  }

  return weight
}

/** The lower one of two, so that one of two updates cannot raise it. */
function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)

  return sorted[(sorted.length - 1) >> 1] ?? 0
}
