import type { CheckedParameters } from '../parameters/index.ts'
import type { Distances } from './distances.ts'

/** One update, as it is aggregated. */
export interface Update {
  /** Whose it is; one of each. It also decides the order in which numbers are added. */
  id: string
  /** How many samples it was trained with, as its origin says. */
  samples: number | bigint
  parameters: CheckedParameters
}

/** How updates become one model. Strategies know numbers, and neither files nor tensors. */
export interface Strategy {
  readonly name: string
  /** Updates that it needs. */
  readonly minUpdates: number
  /** Whether it needs the distances of all updates from each other before it can combine them. */
  readonly needsDistances: boolean
  /**
   * Decides what each update counts.
   *
   * @param samples - of each update
   * @param distances - where it needs them
   */
  plan(samples: ReadonlyArray<number | bigint>, distances?: Distances): Plan
}

export interface Plan {
  /** What each update counts, all together 1. */
  shares: readonly number[]
  /** Updates, by their number, that were refused or limited, and why. */
  notes: ReadonlyMap<number, WeightNote>
  /** How many of the updates could have been made up without deciding the result. */
  tolerated: number
  /** Makes one value of each column. It may overwrite the inputs. */
  combine(inputs: readonly Float64Array[], output: Float64Array): void
}

/** `no-samples`: it counts nothing. `invalid-samples`: not a number that can be counted. `limited`: it counts as many as it may. */
export type WeightNote = 'no-samples' | 'invalid-samples' | 'limited'

export interface UpdateReport {
  id: string
  /** What it counted, 0 to 1: 0 when it was refused or not selected. */
  share: number
  note?: WeightNote
  /** The median of its distances from other updates (Euclidean, over all tensors); 0 when it is alone. */
  distance: number
  /** Whether that is much more than of the others. */
  far: boolean
}

export interface AggregationReport {
  strategy: string
  /** How many of the updates could have been made up without deciding the result. */
  tolerated: number
  /** Ordered by `id`. */
  updates: UpdateReport[]
}
