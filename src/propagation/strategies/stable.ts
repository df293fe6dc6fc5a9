import { askEngine } from '../../engine/index.ts'
import { assertGivesModel, holds } from './model-source.ts'
import type { PropagationStrategy } from './types.ts'

/** The model of the current round, to neighbours that are not further and do not have it. */
export const stable: PropagationStrategy = {
  name: 'stable',

  round: ({ engine, round }) => {
    assertGivesModel(engine)

    return round ?? undefined
  },

  isEligible: (neighbour, { round }) =>
    round != null && (neighbour.round == null || neighbour.round <= round) && !holds(neighbour),

  prepare: async ({ engine }) => {
    assertGivesModel(engine)

    const payload = await askEngine(engine, 'modelParameters')

    return payload == null ? undefined : { payload, weight: await askEngine(engine, 'modelWeight') }
  }
}
