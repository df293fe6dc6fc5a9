import { setImmediate as letOthersRun } from 'node:timers/promises'
import { BLOCK_ELEMENTS, READ_ELEMENTS } from './constants.ts'
import { sizeOf } from './dtypes.ts'
import { UnfitParametersError } from './errors.ts'
import { findFault } from './numbers.ts'
import type { SafetensorsReader } from './reader.ts'
import type { TensorInfo, TensorLayout } from './types.ts'

const WHY = {
  'not-finite': 'A value is infinite or not a number',
  'not-exact': 'An integer is greater than a double can hold exactly',
  'not-boolean': 'A BOOL is neither 0 nor 1'
} as const

export interface CheckOptions {
  /** Whether values that are infinite or no numbers are refused. @default true */
  finite?: boolean
  signal?: AbortSignal
}

/** Parameters that have the tensors of the federation's first model. Made by `checkParameters` only. */
export class CheckedParameters {
  /** The layout that they were compared with; the order of the tensors in the file may be another. */
  readonly reference: TensorLayout
  readonly #reader: SafetensorsReader

  constructor(reader: SafetensorsReader, reference: TensorLayout) {
    this.reference = reference
    this.#reader = reader
  }

  /** Elements of a tensor, as `SafetensorsReader.bytes` gives them. */
  async bytes(name: string, from: number, elements: number, into: Uint8Array): Promise<Uint8Array> {
    return this.#reader.bytes(this.#reader.info(name), from, elements, into)
  }
}

/**
 * Compares parameters with those of the federation's first model, and looks at
 * every value, some at a time.
 *
 * @throws {UnfitParametersError} that names the tensor and says why
 */
export async function checkParameters(
  reader: SafetensorsReader,
  reference: TensorLayout,
  { finite = true, signal }: CheckOptions = {}
): Promise<CheckedParameters> {
  const expected = new Set(reference.tensors.map(({ name }) => name))

  for (const { name } of reader.layout.tensors) {
    if (!expected.has(name)) {
      throw new UnfitParametersError('extra-tensor', 'The first model does not have it', name)
    }
  }

  for (const tensor of reference.tensors) {
    compareTensor(reader, tensor)
  }

  for (const { name } of reference.tensors) {
    await checkValues(reader, reader.info(name), finite, signal)
  }

  return new CheckedParameters(reader, reference)
}

function compareTensor(reader: SafetensorsReader, { name, dtype, shape }: TensorInfo): void {
  if (!reader.has(name)) {
    throw new UnfitParametersError('missing-tensor', 'It is missing', name)
  }

  const found = reader.info(name)

  if (found.dtype !== dtype) {
    throw new UnfitParametersError('dtype', `Its dtype is ${found.dtype}, not ${dtype}`, name)
  }

  if (found.shape.length !== shape.length || found.shape.some((size, at) => size !== shape[at])) {
    throw new UnfitParametersError(
      'shape',
      `Its shape is [${found.shape.join(', ')}], not [${shape.join(', ')}]`,
      name
    )
  }
}

async function checkValues(
  reader: SafetensorsReader,
  info: TensorInfo,
  finite: boolean,
  signal?: AbortSignal
): Promise<void> {
  const size = sizeOf(info.dtype)
  const into = new Uint8Array(Math.min(READ_ELEMENTS, info.elements) * size)

  for (let from = 0; from < info.elements; from += READ_ELEMENTS) {
    const elements = Math.min(READ_ELEMENTS, info.elements - from)
    const bytes = await reader.bytes(info, from, elements, into)

    for (let at = 0; at < elements; at += BLOCK_ELEMENTS) {
      const found = findFault(info.dtype, bytes.subarray(at * size, (at + BLOCK_ELEMENTS) * size))

      if (found != null && (finite || found.fault !== 'not-finite')) {
        const element = from + at + found.at

        throw new UnfitParametersError(found.fault, `${WHY[found.fault]} (element ${element})`, info.name)
      }
    }

    signal?.throwIfAborted()
    await letOthersRun()
  }
}
