/** Milliseconds between two cycles of a propagation that goes on until it is done. */
export const PROPAGATION_INTERVAL_MS = 1_000

/** Milliseconds between two neighbours of one cycle; 0 begins with all at once, so many as may be sent to in parallel. */
export const MODEL_INTERVAL_MS = 0

/** Cycles in a row without a change after which a propagation is given up (seed: 20). */
export const HISTORY_SIZE = 20
