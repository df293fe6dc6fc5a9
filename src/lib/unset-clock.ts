/** No clock that was ever set stands before it: machines without a battery start at 1970, at 2000, or when their image was made. */
const SET_SINCE = Date.UTC(2020, 0)

/**
 * Whether a clock was set between two of its readings, of which nobody knows
 * how far apart they were: the first is that of a clock that had not been set.
 */
export function wasSetBetween(earlier: number, later: number): boolean {
  return earlier < SET_SINCE && later >= SET_SINCE
}
