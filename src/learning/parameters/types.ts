import type { Dtype } from './dtypes.ts'

export interface SafetensorsLimits {
  /** Bytes of the header. @default 4_194_304 */
  maxHeaderBytes?: number
  /** @default 16_384 */
  maxTensors?: number
  /** Bytes of a tensor's name in UTF-8. @default 512 */
  maxNameBytes?: number
  /** Dimensions of a tensor. @default 16 */
  maxRank?: number
}

export interface TensorShape {
  name: string
  dtype: Dtype
  /** The size of each dimension, outermost first; empty for a scalar. */
  shape: readonly number[]
}

/** Where one tensor lies. */
export interface TensorInfo extends TensorShape {
  /** Elements in all: the product of the shape. */
  elements: number
  /** Bytes from the beginning of the data to the tensor's first. */
  begin: number
  byteLength: number
}

/** What a safetensors file says of itself. */
export interface TensorLayout {
  /** In the order of their bytes, without a gap. */
  tensors: readonly TensorInfo[]
  /** The file's `__metadata__`; empty when it has none. */
  metadata: ReadonlyMap<string, string>
}

/** Bytes that can be read from anywhere: a buffer, a file, a stored model. */
export interface ByteSource {
  readonly byteLength: number
  /**
   * Gives `length` bytes from `position`. Bytes that have to be fetched are put
   * into `into`, which is at least as long; others are given where they lie.
   * The caller does not change them, and is done with them before it fills `into` again.
   */
  read(position: number, length: number, into: Uint8Array): Uint8Array | Promise<Uint8Array>
}

/** Takes bytes one piece after another. A piece may be overwritten once the promise has resolved. */
export interface ByteSink {
  write(piece: Uint8Array): void | Promise<void>
}
