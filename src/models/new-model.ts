import { InvalidParametersError } from '@libp2p/interface'
import type { NewModel } from './types.ts'
import type { Encoding } from '../../protocols/model/index.ts'

const MAX_INT32 = 0x7fff_ffff

const ENCODINGS: readonly Encoding[] = ['none', 'zstd', 'zlib', 'brotli']

/**
 * What the compiler does not see of the callers that have none. The header's own limits are its codec's to check.
 *
 * @throws {InvalidParametersError} which names the field
 */
export function checkNewModel({ payload, round, weight, details, encoding, kind }: NewModel): void {
  if (!isModelSource(payload)) {
    throw new InvalidParametersError(
      'The payload of a model is a Uint8Array, { path } of a file, or an async iterable of Uint8Arrays'
    )
  }

  if (!Number.isInteger(round) || Math.abs(round) > MAX_INT32) {
    throw new InvalidParametersError(`The round of a model is a whole number, not ${String(round)}`)
  }

  if (weight != null && typeof weight !== 'bigint') {
    throw new InvalidParametersError(`The weight of a model is a bigint, not ${String(weight)}`)
  }

  if (details != null && !(details instanceof Uint8Array)) {
    throw new InvalidParametersError('The details of a model are a Uint8Array')
  }

  if (encoding != null && !ENCODINGS.includes(encoding)) {
    throw new InvalidParametersError(`"${encoding}" is none of ${ENCODINGS.join(', ')}`)
  }

  if (kind != null && kind !== 'model' && kind !== 'offer') {
    throw new InvalidParametersError(`"${String(kind)}" is neither "model" nor "offer"`)
  }
}

export function isModelSource(payload: unknown): boolean {
  return (
    payload instanceof Uint8Array ||
    (typeof payload === 'object' &&
      payload != null &&
      (('path' in payload && typeof payload.path === 'string') || Symbol.asyncIterator in payload))
  )
}
