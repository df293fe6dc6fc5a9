import { isViolation } from '../../protocols/errors.ts'
import { toError } from '../lib/to-error.ts'
import { modelInfo } from './model-info.ts'
import type { ModelInfo, ReadableModel } from './types.ts'
import type { ModelReader } from '../propagation/index.ts'
import type { AbortOptions } from '@libp2p/interface'

/**
 * A model in the store, as the application takes it. That its payload cannot
 * be decompressed is seen only now, and is its origin's fault.
 */
export function readableModel(reader: ModelReader, onInvalid: (error: Error) => void): ReadableModel {
  const charge = async <T>(result: Promise<T>): Promise<T> => {
    try {
      return await result
    } catch (err) {
      if (isViolation(err)) {
        onInvalid(err)
      }

      throw toError(err)
    }
  }
  const info: ModelInfo = modelInfo(reader.id, reader.header)

  return {
    ...info,
    get complete() {
      return reader.complete
    },
    bytes: async (options?: AbortOptions) => charge(reader.bytes(options)),
    saveTo: async (path: string, options?: AbortOptions) => charge(reader.saveTo(path, options)),
    [Symbol.asyncIterator]() {
      const pieces = reader.read()

      return {
        next: async () => charge(pieces.next()),
        return: async () => charge(pieces.return())
      }
    }
  }
}
