import {
  AGGREGATE_TIMEOUT_MS,
  CATCH_UP_TIMEOUT_MS,
  MAX_AHEAD,
  MAX_MISSED,
  MAX_PEERS,
  ROUND_TIMEOUT_MS
} from './constants.ts'
import type { RoundOptions } from './types.ts'

export function withDefaults(options: RoundOptions): Required<RoundOptions> {
  return {
    roundTimeout: ROUND_TIMEOUT_MS,
    aggregateTimeout: AGGREGATE_TIMEOUT_MS,
    catchUpTimeout: CATCH_UP_TIMEOUT_MS,
    maxMissed: MAX_MISSED,
    maxAhead: MAX_AHEAD,
    maxPeers: MAX_PEERS,
    ...options
  }
}
