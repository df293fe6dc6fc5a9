import { ModelProtocolError } from './errors.ts'
import { MAX_RANGES } from './limits.ts'
import type { Range } from './types.ts'

/**
 * Joins ascending indices to ranges, as many as a frame has room for; what is
 * left over has not been looked at and is for a later frame.
 */
export function toRanges(indices: Iterable<number>, maxRanges = MAX_RANGES): Range[] {
  const ranges: Range[] = []

  for (const index of indices) {
    const last = ranges.at(-1)

    if (last != null && index === last.start + last.count) {
      last.count++
    } else if (ranges.length < maxRanges) {
      ranges.push({ start: index, count: 1 })
    } else {
      break
    }
  }

  return ranges
}

/**
 * The indices of ranges, in their order.
 *
 * @throws {ModelProtocolError} when a range is empty or goes beyond the `count` chunks that there are
 */
export function* fromRanges(ranges: Range[], count: number): Generator<number, void, undefined> {
  for (const range of ranges) {
    if (range.count < 1 || range.start + range.count > count) {
      throw new ModelProtocolError(`Range of ${range.count} chunks from ${range.start} of ${count}`)
    }

    for (let index = range.start; index < range.start + range.count; index++) {
      yield index
    }
  }
}

/** How many chunks the ranges name. */
export function countOf(ranges: Range[]): number {
  return ranges.reduce((sum, { count }) => sum + count, 0)
}
