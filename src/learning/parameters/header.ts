import { SAFETENSORS_LIMITS, HEADER_ALIGNMENT, LENGTH_BYTES } from './constants.ts'
import { isDtype, sizeOf } from './dtypes.ts'
import { SafetensorsError } from './errors.ts'
import { JsonCursor } from './json-cursor.ts'
import { elementsOf } from './layout.ts'
import type { Dtype } from './dtypes.ts'
import type { SafetensorsLimits, TensorInfo, TensorLayout } from './types.ts'

const METADATA = '__metadata__'
const OPENING_BRACE = 0x7b
/** The longest name of a field of an entry, or of a dtype, in the format. */
const MAX_WORD_BYTES = 32

/**
 * How many bytes the header has, by the file's first eight.
 *
 * @param byteLength - bytes of the whole file
 * @throws {SafetensorsError} with code `truncated` or `limit`
 */
export function headerLength(first: Uint8Array, byteLength: number, limits: SafetensorsLimits = {}): number {
  const { maxHeaderBytes } = { ...SAFETENSORS_LIMITS, ...limits }

  if (first.byteLength < LENGTH_BYTES) {
    throw new SafetensorsError(
      'truncated',
      `A file has at least ${LENGTH_BYTES} bytes, not ${first.byteLength}`
    )
  }

  const length = new DataView(first.buffer, first.byteOffset).getBigUint64(0, true)

  if (length > maxHeaderBytes) {
    throw new SafetensorsError('limit', `The header has ${length} bytes, more than ${maxHeaderBytes}`)
  }

  if (length > byteLength - LENGTH_BYTES) {
    throw new SafetensorsError('truncated', `The file ends within its header of ${length} bytes`)
  }

  return Number(length)
}

/**
 * Reads a header, without the eight bytes of its length.
 *
 * @param dataBytes - bytes that follow it
 * @throws {SafetensorsError}
 */
export function parseHeader(
  header: Uint8Array,
  dataBytes: number,
  limits: SafetensorsLimits = {}
): TensorLayout {
  const { maxTensors, maxNameBytes, maxRank } = { ...SAFETENSORS_LIMITS, ...limits }
  const cursor = new JsonCursor(header)
  const tensors: TensorInfo[] = []
  const metadata = new Map<string, string>()

  if (header[0] !== OPENING_BRACE) {
    throw new SafetensorsError('header', 'The header does not begin with "{"')
  }

  cursor.object(maxNameBytes, (name) => {
    if (name === METADATA) {
      readMetadata(cursor, header.byteLength, metadata)
    } else if (tensors.length < maxTensors) {
      tensors.push(readTensor(cursor, name, maxRank))
    } else {
      throw new SafetensorsError('limit', `There are more than ${maxTensors} tensors`)
    }
  })
  cursor.end()

  return { tensors: inOrder(tensors, dataBytes), metadata }
}

/** The file up to its data: the length of the header, the header, and spaces up to a multiple of eight. */
export function encodeHeader({ tensors, metadata }: TensorLayout): Uint8Array {
  const entries = tensors.map(({ name, dtype, shape, begin, byteLength }) => [
    name,
    { dtype, shape, data_offsets: [begin, begin + byteLength] }
  ])
  const all = metadata.size === 0 ? entries : [[METADATA, Object.fromEntries(metadata)], ...entries]
  // by hand, because in an object names that are numbers would come first
  const members = all.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
  const json = Buffer.from(`{${members.join(',')}}`)
  const length = Math.ceil(json.byteLength / HEADER_ALIGNMENT) * HEADER_ALIGNMENT
  const bytes = Buffer.alloc(LENGTH_BYTES + length, ' ')

  bytes.writeBigUInt64LE(BigInt(length))
  bytes.set(json, LENGTH_BYTES)

  return bytes
}

function readMetadata(cursor: JsonCursor, maxBytes: number, metadata: Map<string, string>): void {
  try {
    cursor.object(maxBytes, (key) => metadata.set(key, cursor.string(maxBytes)))
  } catch (err) {
    if (err instanceof SafetensorsError && err.code === 'header') {
      throw new SafetensorsError('metadata', `__metadata__ is not an object of strings: ${err.message}`)
    }

    throw err
  }
}

function readTensor(cursor: JsonCursor, name: string, maxRank: number): TensorInfo {
  let dtype: Dtype | undefined
  let shape: number[] | undefined
  let offsets: number[] | undefined

  cursor.object(MAX_WORD_BYTES, (field) => {
    if (field === 'dtype') {
      dtype = readDtype(cursor, name)
    } else if (field === 'shape') {
      shape = readNaturals(
        cursor,
        maxRank,
        new SafetensorsError('limit', `It has more than ${maxRank} dimensions`, name)
      )
    } else if (field === 'data_offsets') {
      offsets = readNaturals(cursor, 2, new SafetensorsError('offsets', 'It has more than two offsets', name))
    } else {
      throw new SafetensorsError('header', `It has an unknown field ${JSON.stringify(field)}`, name)
    }
  })

  const [begin, end] = offsets ?? []

  if (dtype == null || shape == null || begin == null || end == null) {
    throw new SafetensorsError('header', 'It lacks dtype, shape or data_offsets', name)
  }

  const elements = elementsOf(shape, name)
  const byteLength = elements * sizeOf(dtype)

  if (end < begin) {
    throw new SafetensorsError('offsets', `It ends at ${end}, before it begins at ${begin}`, name)
  }

  if (end - begin !== byteLength) {
    throw new SafetensorsError(
      'shape',
      `It has ${end - begin} bytes, but ${dtype} of shape [${shape.join(', ')}] has ${byteLength}`,
      name
    )
  }

  return { name, dtype, shape, elements, begin, byteLength }
}

function readDtype(cursor: JsonCursor, name: string): Dtype {
  const dtype = cursor.string(MAX_WORD_BYTES)

  if (!isDtype(dtype)) {
    throw new SafetensorsError('dtype', `The dtype ${JSON.stringify(dtype)} is not supported`, name)
  }

  return dtype
}

function readNaturals(cursor: JsonCursor, max: number, tooMany: SafetensorsError): number[] {
  const numbers: number[] = []

  cursor.array(() => {
    if (numbers.length === max) {
      throw tooMany
    }

    numbers.push(cursor.natural())
  })

  return numbers
}

/** The tensors in the order of their bytes, which have to be all of the data, each byte once. */
function inOrder(tensors: TensorInfo[], dataBytes: number): TensorInfo[] {
  let end = 0

  tensors.sort((a, b) => a.begin - b.begin || a.byteLength - b.byteLength)

  for (const { name, begin, byteLength } of tensors) {
    if (begin !== end) {
      const code = begin < end ? 'overlap' : 'hole'

      throw new SafetensorsError(code, `It begins at ${begin}, and the tensor before ends at ${end}`, name)
    }

    end = begin + byteLength

    if (end > dataBytes) {
      throw new SafetensorsError(
        'truncated',
        `It ends at ${end}, and there are ${dataBytes} bytes of data`,
        name
      )
    }
  }

  if (end < dataBytes) {
    throw new SafetensorsError('trailing-bytes', `${dataBytes - end} bytes follow the last tensor`)
  }

  return tensors
}
