/**
 * With how many others each update is compared where not all distances are
 * needed. So the work grows with the number of updates, and not with its square.
 */
export const MAX_COMPARED = 16

/** An update is far from the others when its distance is that many times the median. */
export const FAR_FACTOR = 3

/** Distances are told apart from this many updates on: of two, each is as far from the other. */
export const MIN_COMPARED_UPDATES = 3

/** How many times the median of the samples an update may claim and still have its full weight. */
export const MAX_WEIGHT_RATIO = 100

/** The share of values that a trimmed mean leaves out, at each end. */
export const TRIM = 0.2
