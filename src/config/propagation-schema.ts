/** The keys of propagation: how often this node's model is sent, and when that is given up. */
import { z } from 'zod'
import {
  HISTORY_SIZE,
  MODEL_INTERVAL_MS,
  PROPAGATION_INTERVAL_MS
} from '../propagation/strategies/constants.ts'
import { count, duration } from './fields.ts'

export const propagationSchema = z
  .strictObject({
    interval: duration({ min: 10 })
      .default(PROPAGATION_INTERVAL_MS)
      .describe('Time between two cycles of a propagation that goes on until it is done.'),
    modelInterval: duration({ min: 0 })
      .default(MODEL_INTERVAL_MS)
      .describe('Time between two neighbours of one cycle; 0 begins with all at once.'),
    historySize: count()
      .default(HISTORY_SIZE)
      .describe('Cycles in a row without a change after which a propagation is given up.')
  })
  .prefault({})
  .describe("Propagation of this node's model to its neighbours.")
