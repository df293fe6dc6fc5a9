import { sizeOf } from './dtypes.ts'
import { SafetensorsError } from './errors.ts'
import type { TensorInfo, TensorLayout, TensorShape } from './types.ts'

/**
 * Where tensors of these shapes lie in a file. Those of the largest elements
 * come first, so that all are aligned; equal ones by name. The same tensors get
 * the same layout, whatever their order.
 *
 * @throws {SafetensorsError} when a name comes twice, is `__metadata__` or not well-formed, or a shape is too large
 */
export function layOut(
  shapes: Iterable<TensorShape>,
  metadata: Iterable<readonly [string, string]> = []
): TensorLayout {
  const names = new Set<string>()
  let end = 0

  const tensors = [...shapes].sort(largestFirst).map(({ name, dtype, shape }): TensorInfo => {
    if (names.has(name) || name === '__metadata__' || !name.isWellFormed()) {
      throw new SafetensorsError('duplicate-key', 'The name is taken or not possible', name)
    }

    const elements = elementsOf(shape, name)
    const info = { name, dtype, shape, elements, begin: end, byteLength: elements * sizeOf(dtype) }

    names.add(name)
    end += info.byteLength

    return info
  })

  return { tensors, metadata: new Map(checkMetadata(metadata).sort(([a], [b]) => compare(a, b))) }
}

function checkMetadata(metadata: Iterable<readonly [string, string]>): Array<readonly [string, string]> {
  const entries = [...metadata]

  if (!entries.every(([key, value]) => key.isWellFormed() && value.isWellFormed())) {
    throw new SafetensorsError('metadata', 'The metadata cannot be written in UTF-8')
  }

  return entries
}

/** Bytes of the data: all tensors together. */
export function dataBytes({ tensors }: Pick<TensorLayout, 'tensors'>): number {
  const last = tensors.at(-1)

  return last == null ? 0 : last.begin + last.byteLength
}

/** @throws {SafetensorsError} when it is more than a double counts, or a dimension is no natural number */
export function elementsOf(shape: readonly number[], name: string): number {
  let elements = 1

  for (const size of shape) {
    elements *= size

    // eight bytes each have to be countable, too
    if (!Number.isSafeInteger(size) || size < 0 || elements > Number.MAX_SAFE_INTEGER / 8) {
      throw new SafetensorsError('shape', `The shape [${shape.join(', ')}] is not possible`, name)
    }
  }

  return elements
}

function largestFirst(a: TensorShape, b: TensorShape): number {
  return sizeOf(b.dtype) - sizeOf(a.dtype) || compare(a.name, b.name)
}

/** By code units: the same on every machine, in any locale. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
