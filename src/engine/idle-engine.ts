import type { Engine } from './types.ts'

/** The engine of a node that learns nothing: no round, never finished. */
export function idleEngine(): Engine {
  return {
    round: () => null,
    learningCycleFinished: () => false,
    updateNeighbours: () => {}
  }
}
