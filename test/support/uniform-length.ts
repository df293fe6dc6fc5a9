import * as fc from 'fast-check'

/**
 * Numbers from 0 to 2^bits - 1 that are uniform in their length: as many of 1
 * bit as of 64. Of numbers that are uniform in their value nearly all have the
 * greatest length, so that faults at a length in between are not found.
 */
export function uniformLength(bits: number): fc.Arbitrary<bigint> {
  return fc
    .integer({ min: 0, max: bits })
    .chain((length) =>
      length === 0
        ? fc.constant(0n)
        : fc.bigInt({ min: 1n << BigInt(length - 1), max: (1n << BigInt(length)) - 1n })
    )
}
