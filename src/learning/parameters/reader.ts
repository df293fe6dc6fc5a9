import { LENGTH_BYTES } from './constants.ts'
import { sizeOf, viewOf } from './dtypes.ts'
import { SafetensorsError, UnknownTensorError } from './errors.ts'
import { headerLength, parseHeader } from './header.ts'
import { dataBytes } from './layout.ts'
import { bufferSource } from './sources.ts'
import type { TensorArray } from './dtypes.ts'
import type { ByteSource, SafetensorsLimits, TensorInfo, TensorLayout } from './types.ts'

/** A safetensors file whose header was read and is valid; its tensors are read when asked for. */
export class SafetensorsReader {
  readonly layout: TensorLayout
  readonly #source: ByteSource
  readonly #dataBegin: number
  readonly #byName: ReadonlyMap<string, TensorInfo>

  constructor(source: ByteSource, layout: TensorLayout) {
    this.layout = layout
    this.#source = source
    this.#dataBegin = source.byteLength - dataBytes(layout)
    this.#byName = new Map(layout.tensors.map((tensor) => [tensor.name, tensor]))
  }

  /**
   * Reads and validates the header.
   *
   * @throws {SafetensorsError} when the file is not valid
   */
  static async open(source: ByteSource, limits?: SafetensorsLimits): Promise<SafetensorsReader> {
    const firstBytes = Math.min(LENGTH_BYTES, source.byteLength)
    const first = await source.read(0, firstBytes, new Uint8Array(firstBytes))
    const length = headerLength(first, source.byteLength, limits)
    const header = await source.read(LENGTH_BYTES, length, new Uint8Array(length))

    return new SafetensorsReader(
      source,
      parseHeader(header, source.byteLength - LENGTH_BYTES - length, limits)
    )
  }

  /** @throws {UnknownTensorError} */
  info(name: string): TensorInfo {
    const info = this.#byName.get(name)

    if (info == null) {
      throw new UnknownTensorError(name)
    }

    return info
  }

  has(name: string): boolean {
    return this.#byName.has(name)
  }

  /**
   * Reads one tensor.
   *
   * @throws {UnknownTensorError}
   */
  async tensor(name: string): Promise<TensorArray> {
    const info = this.info(name)

    return viewOf(info.dtype, await this.bytes(info, 0, info.elements, new Uint8Array(0)))
  }

  /**
   * Reads `elements` elements from the element `from`, in row-major order.
   *
   * @param into - memory for bytes that have to be fetched; taken anew when it is too short
   * @throws {SafetensorsError} with code `truncated` when the source gives fewer bytes
   */
  async bytes(info: TensorInfo, from: number, elements: number, into: Uint8Array): Promise<Uint8Array> {
    const size = sizeOf(info.dtype)
    const length = elements * size
    const memory = into.byteLength < length ? new Uint8Array(length) : into
    const bytes = await this.#source.read(this.#dataBegin + info.begin + from * size, length, memory)

    if (bytes.byteLength !== length) {
      throw new SafetensorsError(
        'truncated',
        `Only ${bytes.byteLength} of ${length} bytes were read`,
        info.name
      )
    }

    return bytes
  }
}

export interface Safetensors {
  layout: TensorLayout
  /** Each tensor by its name: a view of the bytes that were given, or a copy where they are not aligned. */
  tensors: Map<string, TensorArray>
}

/**
 * Reads a file that is in memory, without copying its tensors.
 *
 * @throws {SafetensorsError} when it is not valid
 */
export function parseSafetensors(bytes: Uint8Array, limits?: SafetensorsLimits): Safetensors {
  const begin = LENGTH_BYTES + headerLength(bytes, bytes.byteLength, limits)
  const data = bytes.subarray(begin)
  const layout = parseHeader(bytes.subarray(LENGTH_BYTES, begin), data.byteLength, limits)
  const tensors = layout.tensors.map(({ name, dtype, begin: at, byteLength }): [string, TensorArray] => [
    name,
    viewOf(dtype, data.subarray(at, at + byteLength))
  ])

  return { layout, tensors: new Map(tensors) }
}

/** Reads the header of bytes that are in memory; see `SafetensorsReader.open`. */
export async function openBytes(bytes: Uint8Array, limits?: SafetensorsLimits): Promise<SafetensorsReader> {
  return SafetensorsReader.open(bufferSource(bytes), limits)
}
