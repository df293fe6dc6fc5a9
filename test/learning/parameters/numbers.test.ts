import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { decode, DTYPES, encode, sizeOf } from '../../../src/learning/parameters/index.ts'
import { findFault } from '../../../src/learning/parameters/numbers.ts'
import { viewOf } from '../../../src/learning/parameters/dtypes.ts'
import type { Dtype } from '../../../src/learning/parameters/index.ts'

function decoded(dtype: Dtype, bytes: Uint8Array): Float64Array {
  const doubles = new Float64Array(bytes.byteLength / sizeOf(dtype))

  decode(dtype, bytes, doubles)

  return doubles
}

function encoded(dtype: Dtype, values: number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * sizeOf(dtype))

  encode(dtype, Float64Array.from(values), bytes)

  return bytes
}

/** The value of 16 bits by the definition of such formats. */
function halfValue(bits: number, mantissaBits: number, bias: number): number {
  const sign = bits >> 15 === 0 ? 1 : -1
  const exponent = (bits & 0x7fff) >> mantissaBits
  const fraction = (bits & (2 ** mantissaBits - 1)) / 2 ** mantissaBits

  if (exponent === 2 ** (15 - mantissaBits) - 1) {
    return fraction === 0 ? sign * Infinity : NaN
  }

  return exponent === 0 ? sign * fraction * 2 ** (1 - bias) : sign * (1 + fraction) * 2 ** (exponent - bias)
}

const HALVES = [
  { dtype: 'F16', mantissaBits: 10, bias: 15, infinity: 0x7c00 },
  { dtype: 'BF16', mantissaBits: 7, bias: 127, infinity: 0x7f80 }
] as const

describe('elements as doubles', () => {
  for (const { dtype, mantissaBits, bias, infinity } of HALVES) {
    const all = Uint16Array.from({ length: 65_536 }, (_, bits) => bits)

    it(`${dtype}: all of its numbers`, () => {
      const values = decoded(dtype, new Uint8Array(all.buffer))

      assert.ok(all.every((bits) => Object.is(values[bits], halfValue(bits, mantissaBits, bias))))

      const again = viewOf(dtype, encoded(dtype, [...values]))

      assert.ok(again.every((bits, at) => bits === at || Number.isNaN(values[at])))
    })

    it(`${dtype}: any double becomes the nearest, of two the even one`, () => {
      const positive = Array.from({ length: infinity }, (_, bits) => halfValue(bits, mantissaBits, bias))

      fc.assert(
        fc.property(
          fc.oneof(fc.double({ noNaN: true }), fc.float({ noNaN: true }), fc.constantFrom(...positive)),
          fc.constantFrom(0, 1e-9, -1e-9),
          fc.nat(infinity - 2),
          (value, off, at) => {
            const between = ((positive[at] ?? 0) + (positive[at + 1] ?? 0)) / 2

            for (const wanted of [value, value * (1 + off), between, between * (1 + off)]) {
              const [bits = 0] = viewOf(dtype, encoded(dtype, [wanted]))
              const got = Math.abs(halfValue(bits, mantissaBits, bias))
              const [below = 0, above = 0] = [bits - 1, bits + 1].map((other) =>
                Math.abs(halfValue(other, mantissaBits, bias))
              )
              const distance = Math.abs(got - Math.abs(wanted))

              assert.equal(bits >> 15 === 1, wanted < 0 || Object.is(wanted, -0))

              if (got === Infinity) {
                const most = positive.at(-1) ?? 0

                assert.ok(Math.abs(wanted) >= most + (most - (positive.at(-2) ?? 0)) / 2)
              } else {
                for (const [other, otherBits] of [
                  [below, bits - 1],
                  [above, bits + 1]
                ] as const) {
                  if (Number.isFinite(other) && (bits & 0x7fff) > 0) {
                    const otherDistance = Math.abs(other - Math.abs(wanted))

                    assert.ok(distance < otherDistance || (distance === otherDistance && otherBits % 2 !== 0))
                  }
                }
              }
            }
          }
        )
      )
    })
  }

  it('other dtypes: what was written is read', () => {
    fc.assert(
      fc.property(fc.constantFrom(...DTYPES), fc.array(fc.nat(127)), (dtype, values) => {
        const numbers = dtype === 'BOOL' ? values.map((value) => value % 2) : values

        assert.deepEqual([...decoded(dtype, encoded(dtype, numbers))], numbers)
      })
    )
    assert.deepEqual([...decoded('I64', encoded('I64', [-(2 ** 53) + 1]))], [-(2 ** 53) + 1])
    assert.deepEqual([...decoded('U32', encoded('U32', [2 ** 32 - 1]))], [2 ** 32 - 1])
  })

  it('integers are rounded to the nearest, ties to even', () => {
    for (const dtype of ['I8', 'I16', 'I32', 'I64'] as const) {
      assert.deepEqual(
        [...decoded(dtype, encoded(dtype, [0.5, 1.5, 2.4, 2.5, 2.6, -0.5, -1.5, -2.6]))],
        [0, 2, 2, 2, 3, 0, -2, -3]
      )
    }

    assert.deepEqual([...encoded('BOOL', [0.5, 0.51, 0.49])], [0, 1, 0])
    assert.deepEqual([...encoded('U8', [254.6])], [255])
  })

  it('reads from any address', () => {
    const bytes = new Uint8Array(17)

    bytes.set(new Uint8Array(Float64Array.of(1.5, -2).buffer), 1)
    assert.deepEqual([...decoded('F64', bytes.subarray(1))], [1.5, -2])
  })
})

describe('findFault', () => {
  it('finds the first value that is infinite, or no number', () => {
    for (const dtype of ['F64', 'F32', 'F16', 'BF16'] as const) {
      for (const bad of [Infinity, -Infinity, NaN]) {
        assert.deepEqual(findFault(dtype, encoded(dtype, [1, -2, bad, bad])), { at: 2, fault: 'not-finite' })
      }

      assert.equal(findFault(dtype, encoded(dtype, [1, 0, -60_000])), undefined)
    }
  })

  it('finds integers that a double does not hold, and BOOLs that are neither', () => {
    const most = 2n ** 53n - 1n
    const find = (view: BigInt64Array | BigUint64Array, dtype: Dtype): unknown =>
      findFault(dtype, new Uint8Array(view.buffer))

    assert.equal(find(BigInt64Array.of(most, -most), 'I64'), undefined)
    assert.deepEqual(find(BigInt64Array.of(0n, -most - 1n), 'I64'), { at: 1, fault: 'not-exact' })
    assert.deepEqual(find(BigUint64Array.of(most + 1n), 'U64'), { at: 0, fault: 'not-exact' })
    assert.deepEqual(findFault('BOOL', Uint8Array.of(0, 1, 2)), { at: 2, fault: 'not-boolean' })
    assert.equal(findFault('U8', Uint8Array.of(255)), undefined)
  })
})
