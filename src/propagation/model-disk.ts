import { systemClock } from '../lib/clock.ts'
import { DISK_CHECK_MS } from './constants.ts'
import { DiskFullError } from './errors.ts'
import type { Clock, Timer } from '../lib/clock.ts'
import type { Warnings } from '../warnings/index.ts'
import type { ModelStore } from './model-store.ts'
import type { Payload, PayloadStorage } from './payload-storage.ts'

export interface ModelDiskComponents {
  storage: PayloadStorage
  store: ModelStore
  warnings?: Pick<Warnings, 'raise' | 'end'>
}

/**
 * The disk under the models, which may have less room than they may take by the
 * configuration, and which other programs fill, too. When it has none, the
 * oldest models make room; when that is not enough, a warning tells.
 */
export class ModelDisk {
  readonly #components: ModelDiskComponents
  readonly #clock: Pick<Clock, 'setTimeout'>
  /** Bytes of the model for which there was no room last. */
  #wanted?: number
  #timer?: Timer

  constructor(components: ModelDiskComponents, clock: Pick<Clock, 'setTimeout'> = systemClock) {
    this.#components = components
    this.#clock = clock
  }

  create(): Payload {
    const { storage, store } = this.#components

    return storage.create({ onFull: async () => store.dropOldest() })
  }

  /** Lets the store know what the disk has room for. What the system says is only good for refusing in time. */
  async measure(): Promise<void> {
    const { storage, store } = this.#components

    store.measured(await storage.available())
  }

  /** Warns when that is why a model failed. */
  failed(error: unknown, bytes?: number): void {
    if (error instanceof DiskFullError) {
      this.lacks(bytes)
    }
  }

  /** There is no room for a model, of so many bytes as far as is known. */
  lacks(bytes?: number): void {
    this.#wanted = bytes ?? 1
    this.#components.warnings?.raise({
      code: 'disk-full',
      message: `The disk has no room for a model${bytes == null ? '' : ` of ${bytes} bytes`}. Make room, or keep models elsewhere (models.directory)`
    })
    this.#watch()
  }

  /** A model was written whole. */
  written(): void {
    if (this.#wanted != null) {
      this.stop()
      this.#components.warnings?.end('disk-full')
    }
  }

  stop(): void {
    this.#wanted = undefined
    this.#timer?.clear()
    this.#timer = undefined
  }

  #watch(): void {
    this.#timer ??= this.#clock.setTimeout(() => void this.#look(), DISK_CHECK_MS)
  }

  async #look(): Promise<void> {
    const available = await this.#components.storage.available()

    this.#timer = undefined

    if (this.#wanted != null && available >= this.#wanted) {
      this.written()
    } else if (this.#wanted != null) {
      this.#watch()
    }
  }
}
