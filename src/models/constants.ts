/** The round of the model that all begin with (seed: round -1 is initialisation). */
export const INITIALIZATION_ROUND = -1

/** Bytes of the models that are kept, where they are kept in memory. */
export const MAX_MEMORY_BYTES = 268_435_456

/** Models of one origin that are passed on in a minute; further ones are kept to this node. */
export const MAX_RELAYS_PER_MINUTE = 20

/** Models of one origin that are remembered as raised: twice what one neighbour keeps by default. */
export const MAX_RAISED_MODELS = 128

/** Origins whose raised models are remembered; the one unheard the longest makes room. */
export const MAX_RAISED_ORIGINS = 2_000
