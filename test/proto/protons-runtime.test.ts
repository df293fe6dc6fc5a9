/**
 * Faults of protons-runtime that `proto/write-64.ts` goes around. The tests
 * assert the faults as they are (5.6.0 to 7.1.2, and 8.0.1): one that fails
 * says that the package was repaired, and `write-64.ts` may go.
 *
 * The report for the package:
 *
 * > **`uint64()` and `int64()` write 2^31 to 2^32-1, and negative multiples of
 * > 2^32 below -2^53, wrongly**
 * >
 * > ```js
 * > import { writer, reader } from 'protons-runtime'
 * >
 * > const bytes = writer().uint64(3_000_000_000n).finish()
 * > // 00 00 00 00 00, expected 80 bc c1 96 0b
 * > reader(bytes).uint64()
 * > // 0n
 * > ```
 * >
 * > `LongBits` keeps the low half as `lo | 0`, which is negative from 2^31 on.
 * > `writeVarint64` then compares `val.lo > 127` with the sign where `hi` is 0:
 * > the loop ends at once, one byte is written, and the rest of the five bytes
 * > that `length()` has reserved stays what the buffer held. `uint64Number`
 * > does not use `LongBits` and is right. `val.lo >>> 0` before the second loop
 * > of `writeVarint64`, or `lo >>> 0` in the constructor, repairs it.
 * >
 * > Beside this, `LongBits.fromBigInt` negates numbers below -2^53 without the
 * > carry: where the low half is 0, `++lo > TWO_32` is never true of a BigInt
 * > that `~` has made negative, so that -(2^60) is written as -(2^60) - 2^32.
 * > `BigInt.asUintN(64, value)` before the split makes all of it unnecessary.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { reader, writer } from 'protons-runtime'

describe('protons-runtime', () => {
  for (const value of [2n ** 31n, 3_000_000_000n, 2n ** 32n - 1n]) {
    it(`does not write ${value} right`, () => {
      const bytes = writer().uint64(value).finish()

      assert.notEqual(reader(bytes).uint64(), value)
    })
  }

  it('does not write a negative number right whose low half is 0', () => {
    const bytes = writer()
      .int64(-(2n ** 60n))
      .finish()

    assert.equal(reader(bytes).int64(), -(2n ** 60n) - 2n ** 32n)
  })

  it('writes what is beside the faults right', () => {
    for (const value of [2n ** 31n - 1n, 2n ** 32n, 2n ** 53n, 2n ** 63n - 1n]) {
      assert.equal(reader(writer().uint64(value).finish()).uint64(), value)
    }
  })
})
