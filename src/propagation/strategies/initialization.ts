import { INITIALIZATION_ROUND } from '../../models/constants.ts'
import { askEngine } from '../../engine/index.ts'
import { assertGivesModel, holds } from './model-source.ts'
import type { PropagationStrategy } from './types.ts'

/** What a model weighs that nobody has trained yet. */
const INITIAL_WEIGHT = 1n

/**
 * The model that all begin with, to neighbours that have not begun round 0.
 * Every node passes it on, so that one node propagates it.
 */
export const initialization: PropagationStrategy = {
  name: 'initialization',

  round: ({ engine }) => {
    assertGivesModel(engine)

    return INITIALIZATION_ROUND
  },

  isEligible: (neighbour) => neighbour.round == null && !holds(neighbour),

  prepare: async ({ engine }) => {
    assertGivesModel(engine)

    const method = engine.initialModel == null ? 'modelParameters' : 'initialModel'
    const payload = await askEngine(engine, method)

    return payload == null ? undefined : { payload, weight: INITIAL_WEIGHT }
  }
}
