import { endianness } from 'node:os'

/** What a tensor's elements can be. F16 and BF16 are viewed as their bits, BOOL as bytes that are 0 or 1. */
const ARRAYS = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U64: BigUint64Array,
  U32: Uint32Array,
  U16: Uint16Array,
  U8: Uint8Array,
  BOOL: Uint8Array
} as const

export type Dtype = keyof typeof ARRAYS

/** A tensor's elements. */
export type TensorArray<D extends Dtype = Dtype> = InstanceType<(typeof ARRAYS)[D]>

export const DTYPES = Object.keys(ARRAYS) as Dtype[]

export function isDtype(name: string): name is Dtype {
  return Object.hasOwn(ARRAYS, name)
}

/** Bytes of one element. */
export function sizeOf(dtype: Dtype): number {
  return ARRAYS[dtype].BYTES_PER_ELEMENT
}

export function isFloat(dtype: Dtype): boolean {
  return dtype === 'F64' || dtype === 'F32' || dtype === 'F16' || dtype === 'BF16'
}

/**
 * The elements where they lie, or a copy where the machine cannot address them.
 * Bytes of a part of a file, such as a slice of a received buffer, may begin anywhere.
 */
export function viewOf<D extends Dtype>(dtype: D, bytes: Uint8Array): TensorArray<D> {
  if (endianness() !== 'LE') {
    throw new Error('Safetensors are little-endian, and this machine is not')
  }

  const array = ARRAYS[dtype]
  const size = array.BYTES_PER_ELEMENT
  const { buffer, byteOffset, byteLength } = byteOffsetFits(bytes, size) ? bytes : Uint8Array.from(bytes)

  return new array(buffer as ArrayBuffer, byteOffset, byteLength / size) as TensorArray<D>
}

function byteOffsetFits({ byteOffset }: Uint8Array, size: number): boolean {
  return byteOffset % size === 0
}
