import { systemClock } from '../lib/clock.ts'
import { MAX_STORED_BYTES, MAX_STORED_MODELS, MODEL_TTL_MS } from './constants.ts'
import { ModelStoreFullError } from './errors.ts'
import type { StoredModel } from './stored-model.ts'
import type { Clock, Timer } from '../lib/clock.ts'

export interface ModelStoreInit {
  clock?: Clock
  /** @default 4 GiB */
  maxStoredBytes?: number
  /** @default 64 */
  maxStoredModels?: number
  /** Milliseconds. @default 600_000 */
  modelTtl?: number
}

interface Entry {
  model: StoredModel
  /** Milliseconds since the Unix epoch. */
  expiresAt: number
}

/**
 * The models of late, bounded in bytes, number and age. Those in use stay; the
 * oldest of the others make room.
 */
export class ModelStore {
  readonly #clock: Clock
  readonly #maxBytes: number
  readonly #maxModels: number
  readonly #ttl: number
  /** The oldest first: an entry is put at the end when its time begins anew. */
  readonly #entries = new Map<string, Entry>()
  #bytes = 0
  /** Bytes that all models together can take on the disk, as last measured. */
  #diskBytes = Infinity
  #timer?: Timer

  constructor(init: ModelStoreInit = {}) {
    this.#clock = init.clock ?? systemClock
    this.#maxBytes = init.maxStoredBytes ?? MAX_STORED_BYTES
    this.#maxModels = init.maxStoredModels ?? MAX_STORED_MODELS
    this.#ttl = init.modelTtl ?? MODEL_TTL_MS
  }

  get size(): number {
    return this.#entries.size
  }

  /** The announced sizes of all models together. */
  get bytes(): number {
    return this.#bytes
  }

  /** What is configured, or what the disk has room for where that is less. */
  get maxBytes(): number {
    return Math.min(this.#maxBytes, this.#diskBytes)
  }

  /** Takes note of how many bytes can be written beside what is there. */
  measured(available: number): void {
    const written = [...this.#entries.values()].reduce((sum, { model }) => sum + model.receivedBytes, 0)

    this.#diskBytes = written + available
  }

  /** Whether it is the disk that has no room for so many bytes, whatever is dropped that is not in use. */
  lacksDisk(bytes: number): boolean {
    return !this.hasRoom(bytes) && this.#surplus(bytes, this.#maxBytes) != null
  }

  /** Drops the oldest model that is not in use; resolves to whether there was one, when its room is free. */
  async dropOldest(): Promise<boolean> {
    const oldest = [...this.#entries.values()].find(({ model }) => !model.inUse && model.receivedBytes > 0)

    await (oldest == null ? undefined : this.remove(oldest.model.id))

    return oldest != null
  }

  get(id: string): StoredModel | undefined {
    return this.#entries.get(id)?.model
  }

  /** The models that are whole, the newest last. */
  complete(): StoredModel[] {
    return [...this.#entries.values()].map(({ model }) => model).filter((model) => model.complete)
  }

  /**
   * Drops the oldest models that are not in use until there is room.
   *
   * @param bytes - the announced size of the model to come
   * @throws {ModelStoreFullError} when those in use leave no room; nothing is dropped then
   */
  makeRoom(bytes: number): void {
    this.#makeRoom(bytes, this.maxBytes)
  }

  /** Whether `makeRoom` can. */
  hasRoom(bytes: number): boolean {
    return this.#surplus(bytes) != null
  }

  /**
   * Keeps a model.
   *
   * @throws {ModelStoreFullError} when those in use leave no room
   */
  add(model: StoredModel): void {
    void this.remove(model.id)
    // what is whole is on the disk already
    this.#makeRoom(model.signed.header.encodedSize, model.complete ? this.#maxBytes : this.maxBytes)
    this.#entries.set(model.id, { model, expiresAt: this.#clock.now() + this.#ttl })
    this.#bytes += model.signed.header.encodedSize
    this.#schedule()
  }

  /** Its time begins anew. */
  renew(model: StoredModel): void {
    if (this.get(model.id) === model) {
      this.#entries.delete(model.id)
      this.#entries.set(model.id, { model, expiresAt: this.#clock.now() + this.#ttl })
    }
  }

  /** Resolves when its room is free, or at once when it is in use. */
  async remove(id: string): Promise<void> {
    const entry = this.#entries.get(id)

    if (entry != null) {
      this.#entries.delete(id)
      this.#bytes -= entry.model.signed.header.encodedSize
      await entry.model.drop()
    }
  }

  clear(): void {
    for (const id of this.#entries.keys()) {
      void this.remove(id)
    }

    this.#timer?.clear()
    this.#timer = undefined
  }

  #makeRoom(bytes: number, maxBytes: number): void {
    const surplus = this.#surplus(bytes, maxBytes)

    if (surplus == null) {
      throw new ModelStoreFullError()
    }

    surplus.forEach((model) => void this.remove(model.id))
  }

  /** What is to be dropped, so that there is room; nothing when that is not enough. */
  #surplus(bytes: number, maxBytes = this.maxBytes): StoredModel[] | undefined {
    const surplus: StoredModel[] = []
    let models = this.#entries.size + 1
    let total = this.#bytes + bytes

    for (const { model } of this.#entries.values()) {
      if (models <= this.#maxModels && total <= maxBytes) {
        break
      }

      if (!model.inUse) {
        surplus.push(model)
        models--
        total -= model.signed.header.encodedSize
      }
    }

    return models > this.#maxModels || total > maxBytes ? undefined : surplus
  }

  #schedule(): void {
    const first = this.#entries.values().next().value

    if (this.#timer == null && first != null) {
      const delay = Math.max(0, first.expiresAt - this.#clock.now())

      this.#timer = this.#clock.setTimeout(() => this.#expire(), delay)
    }
  }

  #expire(): void {
    const now = this.#clock.now()

    this.#timer = undefined

    for (const { model, expiresAt } of this.#entries.values()) {
      if (expiresAt > now) {
        break
      }

      if (model.inUse) {
        this.renew(model)
      } else {
        void this.remove(model.id)
      }
    }

    this.#schedule()
  }
}
