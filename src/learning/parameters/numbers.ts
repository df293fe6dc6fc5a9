import { MAX_EXACT } from './constants.ts'
import { viewOf } from './dtypes.ts'
import type { Dtype } from './dtypes.ts'

/** A floating-point format of 16 bits. */
interface Half {
  /** Exponent of the least normal number. */
  minExponent: number
  mantissaBits: number
  /** The bits above which a number is infinite, or none. */
  infinity: number
  /** The value of the last bit of the mantissa, by the exponent as it is stored; those of 0 and 1 are the same. */
  units: Float64Array
}

function half(minExponent: number, mantissaBits: number): Half {
  const exponents = 2 ** (15 - mantissaBits)

  return {
    minExponent,
    mantissaBits,
    infinity: (exponents - 1) << mantissaBits,
    units: Float64Array.from(
      { length: exponents },
      (_, stored) => 2 ** (Math.max(stored - 1, 0) + minExponent - mantissaBits)
    )
  }
}

const F16 = half(-14, 10)
const BF16 = half(-126, 7)
const MOST = Number.MAX_SAFE_INTEGER
const SIGN = 0x8000
const MAGNITUDE = 0x7fff
/** From here on doubles are whole numbers: adding and subtracting it rounds to the nearest, ties to even. */
const ROUNDER = 2 ** 52
const DOUBLE_EXPONENT_MASK = 0x7ff
const DOUBLE_EXPONENT_SHIFT = 20
const DOUBLE_EXPONENT_BIAS = 1_023

/**
 * Elements as doubles. 64-bit integers beyond ±(2^53 - 1) lose their last digits.
 *
 * @param into - at least as long as there are elements
 */
export function decode(dtype: Dtype, bytes: Uint8Array, into: Float64Array): void {
  if (dtype === 'F16' || dtype === 'BF16') {
    decodeHalf(dtype === 'F16' ? F16 : BF16, viewOf(dtype, bytes), into)
  } else if (dtype === 'I64' || dtype === 'U64') {
    decodeBig(viewOf(dtype, bytes), into)
  } else {
    into.set(viewOf(dtype, bytes))
  }
}

/**
 * Doubles as elements. Floats are rounded to the nearest, and integers too (ties
 * to even), so that half of the votes are not enough for a BOOL to be true.
 *
 * @param into - as long as the elements, aligned for them
 */
export function encode(dtype: Dtype, values: Float64Array, into: Uint8Array): void {
  if (dtype === 'F64' || dtype === 'F32') {
    viewOf(dtype, into).set(values)
  } else if (dtype === 'F16' || dtype === 'BF16') {
    encodeHalf(dtype === 'F16' ? F16 : BF16, values, viewOf(dtype, into))
  } else if (dtype === 'I64' || dtype === 'U64') {
    const view = viewOf(dtype, into)

    for (let i = 0; i < values.length; i++) {
      // a sum of products can be a little more than all its values
      view[i] = BigInt(Math.min(Math.max(roundEven(values[i] ?? 0), -MOST), MOST))
    }
  } else {
    viewOf(dtype, into).set(values.map(roundEven))
  }
}

/** What is wrong with an element: that it is infinite or no number, no exact double, or no truth value. */
export type ElementFault = 'not-finite' | 'not-exact' | 'not-boolean'

/** The first element that is at fault, if any. Loops, because a call for each element takes longer than reading it. */
export function findFault(dtype: Dtype, bytes: Uint8Array): { at: number; fault: ElementFault } | undefined {
  switch (dtype) {
    case 'F64':
      return faultAt(notFinite(viewOf(dtype, bytes)), 'not-finite')
    case 'F32':
      return faultAt(allSet(viewOf('U32', bytes), 0x7f80_0000), 'not-finite')
    case 'F16':
      return faultAt(allSet(viewOf(dtype, bytes), F16.infinity), 'not-finite')
    case 'BF16':
      return faultAt(allSet(viewOf(dtype, bytes), BF16.infinity), 'not-finite')
    case 'I64':
    case 'U64':
      return faultAt(notExact(viewOf(dtype, bytes)), 'not-exact')
    case 'BOOL':
      return faultAt(above(bytes, 1), 'not-boolean')
    case 'I32':
    case 'I16':
    case 'I8':
    case 'U32':
    case 'U16':
    case 'U8':
      return undefined
  }
}

function faultAt(at: number, fault: ElementFault): { at: number; fault: ElementFault } | undefined {
  return at < 0 ? undefined : { at, fault }
}

/** Where an element has all bits of the mask: those of the exponent, of which infinity and NaN have all. */
function allSet(view: Uint32Array | Uint16Array, mask: number): number {
  for (let i = 0; i < view.length; i++) {
    if (((view[i] ?? 0) & mask) === mask) {
      return i
    }
  }

  return -1
}

function notFinite(view: Float64Array): number {
  for (let i = 0; i < view.length; i++) {
    if (!Number.isFinite(view[i])) {
      return i
    }
  }

  return -1
}

function notExact(view: BigInt64Array | BigUint64Array): number {
  for (let i = 0; i < view.length; i++) {
    const value = view[i] ?? 0n

    if (value > MAX_EXACT || value < -MAX_EXACT) {
      return i
    }
  }

  return -1
}

function above(view: Uint8Array, most: number): number {
  for (let i = 0; i < view.length; i++) {
    if ((view[i] ?? 0) > most) {
      return i
    }
  }

  return -1
}

function decodeHalf({ mantissaBits, infinity, units }: Half, bits: Uint16Array, into: Float64Array): void {
  const hidden = 2 ** mantissaBits

  for (let i = 0; i < bits.length; i++) {
    const value = bits[i] ?? 0
    const magnitude = value & MAGNITUDE
    const stored = magnitude >> mantissaBits
    const mantissa = (magnitude & (hidden - 1)) + (stored === 0 ? 0 : hidden)
    const finite = mantissa * (units[stored] ?? 0)
    const absolute = magnitude < infinity ? finite : magnitude === infinity ? Infinity : NaN

    into[i] = (value & SIGN) === 0 ? absolute : -absolute
  }
}

function encodeHalf(
  { minExponent, mantissaBits, infinity, units }: Half,
  values: Float64Array,
  into: Uint16Array
): void {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2)

  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0
    const high = words[2 * i + 1] ?? 0
    const exponent = ((high >>> DOUBLE_EXPONENT_SHIFT) & DOUBLE_EXPONENT_MASK) - DOUBLE_EXPONENT_BIAS
    const stored = Math.max(exponent - minExponent, 0)
    const unit = units[stored + 1]
    // a mantissa that is rounded up to the next power of two goes into the exponent by itself
    const magnitude = unit == null ? infinity : (stored << mantissaBits) + roundEven(Math.abs(value) / unit)

    into[i] =
      (Number.isNaN(value) ? infinity + 1 : Math.min(infinity, magnitude)) | (high >>> 31 === 0 ? 0 : SIGN)
  }
}

function decodeBig(view: BigInt64Array | BigUint64Array, into: Float64Array): void {
  for (let i = 0; i < view.length; i++) {
    into[i] = Number(view[i])
  }
}

function roundEven(value: number): number {
  const rounder = value < 0 ? -ROUNDER : ROUNDER

  return Math.abs(value) >= ROUNDER ? value : value + rounder - rounder
}
