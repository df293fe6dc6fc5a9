import { systemClock } from '../../protocols/clock.ts'
import { MAX_STORED_BYTES, MAX_STORED_MODELS, MODEL_TTL_MS } from './constants.ts'
import { ModelStoreFullError } from './errors.ts'
import type { StoredModel } from './stored-model.ts'
import type { Clock, Timer } from '../../protocols/clock.ts'

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

  get maxBytes(): number {
    return this.#maxBytes
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
    const surplus = this.#surplus(bytes)

    if (surplus == null) {
      throw new ModelStoreFullError()
    }

    surplus.forEach((model) => this.remove(model.id))
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
    this.remove(model.id)
    this.makeRoom(model.signed.header.encodedSize)
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

  remove(id: string): void {
    const entry = this.#entries.get(id)

    if (entry != null) {
      this.#entries.delete(id)
      this.#bytes -= entry.model.signed.header.encodedSize
      entry.model.drop()
    }
  }

  clear(): void {
    for (const id of this.#entries.keys()) {
      this.remove(id)
    }

    this.#timer?.clear()
    this.#timer = undefined
  }

  /** What is to be dropped, so that there is room; nothing when that is not enough. */
  #surplus(bytes: number): StoredModel[] | undefined {
    const surplus: StoredModel[] = []
    let models = this.#entries.size + 1
    let total = this.#bytes + bytes

    for (const { model } of this.#entries.values()) {
      if (models <= this.#maxModels && total <= this.#maxBytes) {
        break
      }

      if (!model.inUse) {
        surplus.push(model)
        models--
        total -= model.signed.header.encodedSize
      }
    }

    return models > this.#maxModels || total > this.#maxBytes ? undefined : surplus
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
        this.remove(model.id)
      }
    }

    this.#schedule()
  }
}
