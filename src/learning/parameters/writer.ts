import { SafetensorsError } from './errors.ts'
import { encodeHeader } from './header.ts'
import { dataBytes, layOut } from './layout.ts'
import type { TensorLayout, TensorShape } from './types.ts'

export interface NewTensor extends TensorShape {
  /** The elements in row-major order, little-endian, as the dtype's array has them. */
  data: ArrayBufferView
}

/**
 * Makes a file of tensors. The same tensors give the same bytes, whatever their order.
 *
 * @throws {SafetensorsError} when a name comes twice or is not possible, or the data does not fit the shape
 */
export function encodeSafetensors(
  tensors: readonly NewTensor[],
  metadata: Iterable<readonly [string, string]> = []
): Uint8Array {
  const layout = layOut(tensors, metadata)
  const data = new Map(tensors.map((tensor) => [tensor.name, bytesOf(tensor.data)]))
  const header = encodeHeader(layout)
  const bytes = new Uint8Array(header.byteLength + dataBytes(layout))

  bytes.set(header)

  for (const { name, begin, byteLength, dtype, shape } of layout.tensors) {
    const tensor = data.get(name)

    if (tensor?.byteLength !== byteLength) {
      throw new SafetensorsError(
        'shape',
        `It has ${tensor?.byteLength} bytes, but ${dtype} of shape [${shape.join(', ')}] has ${byteLength}`,
        name
      )
    }

    bytes.set(tensor, header.byteLength + begin)
  }

  return bytes
}

/** Bytes of the file that has this layout. */
export function fileBytes(layout: TensorLayout): number {
  return encodeHeader(layout).byteLength + dataBytes(layout)
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
