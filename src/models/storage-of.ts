import { MAX_MODEL_BYTES } from '../../protocols/model/limits.ts'
import { FileStorage, MemoryStorage } from '../propagation/index.ts'
import { MAX_MEMORY_BYTES } from './constants.ts'
import type { ModelExchangeInit, PayloadStorage } from '../propagation/index.ts'

export interface StorageInit extends Pick<ModelExchangeInit, 'maxModelBytes'> {
  /** Where payloads are kept; those in memory travel faster. @default 'disk' */
  storage?: 'disk' | 'memory'
  /** Bytes of the models that are kept in memory, which bounds each of them, too. @default 256 MiB */
  maxMemoryBytes?: number
  /** Where payloads lie on disk. @default a temporary directory */
  directory?: string
}

/** A model in memory is whole in memory, so the room there bounds each one as well. */
export function storageOf(
  init: StorageInit
): { storage: PayloadStorage } & Pick<ModelExchangeInit, 'maxStoredBytes' | 'maxModelBytes'> {
  if (init.storage !== 'memory') {
    return { storage: new FileStorage(init.directory) }
  }

  const { maxMemoryBytes = MAX_MEMORY_BYTES, maxModelBytes = MAX_MODEL_BYTES } = init

  return {
    storage: new MemoryStorage(),
    maxStoredBytes: maxMemoryBytes,
    maxModelBytes: Math.min(maxModelBytes, maxMemoryBytes)
  }
}
