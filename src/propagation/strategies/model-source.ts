import { NoModelError } from './errors.ts'
import type { Engine } from '../../engine/index.ts'

/** @throws {NoModelError} when the engine gives no model */
export function assertGivesModel(
  engine: Engine
): asserts engine is Engine & Required<Pick<Engine, 'modelParameters'>> {
  if (engine.modelParameters == null) {
    throw new NoModelError()
  }
}

/** Whether the neighbour has the model that it was offered. One that gets it from another may fail to. */
export function holds({ outcome }: { outcome?: string }): boolean {
  return outcome === 'delivered' || outcome === 'have'
}
