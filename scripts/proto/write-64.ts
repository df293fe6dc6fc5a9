/**
 * How the generated code writes `uint64` and `int64`. protons-runtime's own
 * functions write 2^31 to 2^32-1, and some negative numbers, wrongly; the test
 * `test/proto/protons-runtime.test.ts` shows it.
 */
import type { Writer } from 'protons-runtime'

const MAX_UINT32 = 2n ** 32n - 1n
const MAX_UINT64 = 2n ** 64n - 1n
const MIN_INT64 = -(2n ** 63n)
const MAX_INT64 = 2n ** 63n - 1n

/** @throws {RangeError} when the field cannot hold the number */
export function writeUint64(writer: Writer, value: bigint): void {
  if (value < 0n || value > MAX_UINT64) {
    throw new RangeError(`${value} is no unsigned number of 64 bits`)
  }

  if (value <= MAX_UINT32) {
    // the same bytes: a varint does not say how wide its field is
    writer.uint32(Number(value))
  } else {
    writer.uint64(value)
  }
}

/** @throws {RangeError} when the field cannot hold the number */
export function writeInt64(writer: Writer, value: bigint): void {
  if (value < MIN_INT64 || value > MAX_INT64) {
    throw new RangeError(`${value} is no number of 64 bits`)
  }

  writeUint64(writer, BigInt.asUintN(64, value))
}
