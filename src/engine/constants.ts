/** In which the engine says what a handshake depends on; the peer waits 5 s for its answer. */
export const ENGINE_TIMEOUT_MS = 2_000

/** In which the engine gives its model, decides on a neighbour or takes an update: it may be training. */
export const ENGINE_TASK_TIMEOUT_MS = 60_000

/** After which an engine that has not answered is asked again. */
export const ENGINE_RETRY_MS = 10_000

/** In which a client of the control API answers a peer that asks to become a neighbour; less than the overlay waits. */
export const NEIGHBOUR_ANSWER_MS = 30_000

/** Peers that wait for a client's answer; further ones are accepted at once. */
export const MAX_UNANSWERED_NEIGHBOURS = 64
