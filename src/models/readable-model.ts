import { isViolation } from '../../protocols/errors.ts'
import { toError } from '../lib/to-error.ts'
import { modelInfo } from './model-info.ts'
import type { ModelInfo, ReadableModel } from './types.ts'
import type { ModelReader } from '../propagation/index.ts'
import type { AbortOptions } from '@libp2p/interface'

/** Does what reads or writes files until the signal is aborted, or the overlay stops, whatever the file system does. */
export type GiveUp = <T>(
  signal: AbortSignal | undefined,
  task: (signal: AbortSignal) => Promise<T>
) => Promise<T>

export interface ReadableModelInit {
  /** The payload cannot be decompressed. */
  onInvalid(error: Error): void
  giveUp: GiveUp
}

/**
 * A model in the store, as the application takes it. That its payload cannot
 * be decompressed is seen only now, and is its origin's fault.
 */
export function readableModel(reader: ModelReader, { onInvalid, giveUp }: ReadableModelInit): ReadableModel {
  const read: GiveUp = async (signal, task) => {
    try {
      return await giveUp(signal, task)
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
    bytes: async (options?: AbortOptions) =>
      read(options?.signal, async (signal) => reader.bytes({ signal })),
    saveTo: async (path: string, options?: AbortOptions) =>
      read(options?.signal, async (signal) => reader.saveTo(path, { signal })),
    [Symbol.asyncIterator]() {
      const pieces = reader.read()
      let failed = false

      return {
        next: async () => {
          try {
            return await read(undefined, async () => pieces.next())
          } catch (err) {
            failed = true
            // one that still waits for the file system ends when that answers
            pieces.return().catch(() => {})

            throw err
          }
        },
        return: async () =>
          failed ? { done: true, value: undefined } : read(undefined, async () => pieces.return())
      }
    }
  }
}
