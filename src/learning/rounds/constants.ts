/** How long a round may take before it ends with what has come, in milliseconds. */
export const ROUND_TIMEOUT_MS = 600_000

/** How long the aggregation of one round may take before the round ends without it. */
export const AGGREGATE_TIMEOUT_MS = 300_000

/** How long a peer that was asked for its model has to send it. */
export const CATCH_UP_TIMEOUT_MS = 60_000

/** After so many rounds in a row without an update a peer is not waited for any more, until it sends one. */
export const MAX_MISSED = 2

/** Rounds ahead of this node's of which updates are kept. */
export const MAX_AHEAD = 2

/** A node that is so many rounds behind half of its neighbours asks for the model of one. One behind is usual. */
export const BEHIND = 2

/** Peers of which updates are kept; those above are refused. */
export const MAX_PEERS = 256

/** How long the leader's result may take after the round's deadline: an aggregation, and the way of a model. */
export const RESULT_TIMEOUT_MS = 360_000

/** How long a node that is to lead has to say that it does, before the leader asks another. */
export const TRANSFER_TIMEOUT_MS = 10_000

/** How long an election takes. Each node waits so long for those that stand before it. */
export const ELECTION_TIMEOUT_MS = 5_000

/** How far a term may be ahead of this node's: elections fail a few times, and numbers are not to run out. */
export const MAX_TERM_STEP = 1_000
