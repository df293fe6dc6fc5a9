/** Offers made to one peer in a minute: each may be a transfer of a whole model. */
export const MAX_OFFERS_PER_MINUTE = 4

/** Requests to become a neighbour of one peer that are looked at in a minute. */
export const MAX_REQUESTS_PER_MINUTE = 10

/** Milliseconds that offers are waited for; a model is a part of each. */
export const OFFER_TIMEOUT_MS = 20_000

/** Milliseconds that a candidate may take to make the link direct. */
export const CONFIRM_TIMEOUT_MS = 10_000
