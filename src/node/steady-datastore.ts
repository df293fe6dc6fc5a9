import { NotFoundError } from '@libp2p/interface'
import { BaseDatastore } from 'datastore-core'
import { Key } from 'interface-datastore'
import { MAX_UNSAVED_ENTRIES } from './constants.ts'
import type { AbortOptions, ComponentLogger, Logger } from '@libp2p/interface'
import type { Datastore, KeyQuery, Pair, Query } from 'interface-datastore'

export interface SteadyDatastoreComponents {
  datastore: Datastore
  logger: ComponentLogger
}

export interface SteadyDatastoreInit {
  /** Entries kept in memory for want of another place; the oldest makes room. @default 10_000 */
  maxUnsaved?: number
  /** Whether a failed write means that the store is damaged, which is told. */
  isDamage?(err: unknown): boolean
}

/**
 * A datastore whose writes do not fail when the disk is full or cannot be
 * written: what could not be saved is kept in memory until a later write of its
 * key succeeds, or the process ends. libp2p writes to its peer store for every
 * stream that is opened and refuses the stream when that fails, so a full disk
 * would cost a node all its links.
 */
export class SteadyDatastore extends BaseDatastore {
  readonly #datastore: Datastore
  readonly #log: Logger
  readonly #maxUnsaved: number
  readonly #isDamage: (err: unknown) => boolean
  /** By key; null for what is deleted. */
  readonly #unsaved = new Map<string, Uint8Array | null>()

  constructor({ datastore, logger }: SteadyDatastoreComponents, init: SteadyDatastoreInit = {}) {
    super()
    this.#datastore = datastore
    this.#log = logger.forComponent('nebula:datastore')
    this.#maxUnsaved = init.maxUnsaved ?? MAX_UNSAVED_ENTRIES
    this.#isDamage = init.isDamage ?? (() => false)
  }

  /** Entries that are in memory only. */
  get unsaved(): number {
    return this.#unsaved.size
  }

  override async put(key: Key, value: Uint8Array, options?: AbortOptions): Promise<Key> {
    await this.#write(key, value, async () => this.#datastore.put(key, value, options), options)

    return key
  }

  override async delete(key: Key, options?: AbortOptions): Promise<void> {
    await this.#write(key, null, async () => this.#datastore.delete(key, options), options)
  }

  override async get(key: Key, options?: AbortOptions): Promise<Uint8Array> {
    const unsaved = this.#unsaved.get(key.toString())

    if (unsaved === null) {
      throw new NotFoundError()
    }

    return unsaved ?? this.#datastore.get(key, options)
  }

  override async has(key: Key, options?: AbortOptions): Promise<boolean> {
    const unsaved = this.#unsaved.get(key.toString())

    return unsaved === undefined ? this.#datastore.has(key, options) : unsaved != null
  }

  override _all({ prefix }: Query, options?: AbortOptions): AsyncGenerator<Pair> {
    return this.#pairs(prefix, options)
  }

  override async *_allKeys({ prefix }: KeyQuery, options?: AbortOptions): AsyncGenerator<Key> {
    for await (const { key } of this.#pairs(prefix, options)) {
      yield key
    }
  }

  /** Those that are in memory only may have another prefix: the base class looks. */
  async *#pairs(prefix: string | undefined, options?: AbortOptions): AsyncGenerator<Pair> {
    for await (const pair of this.#datastore.query({ prefix }, options)) {
      if (!this.#unsaved.has(pair.key.toString())) {
        yield pair
      }
    }

    for (const [key, value] of this.#unsaved) {
      if (value != null) {
        yield { key: new Key(key), value }
      }
    }
  }

  async #write(
    key: Key,
    value: Uint8Array | null,
    write: () => Promise<unknown>,
    options?: AbortOptions
  ): Promise<void> {
    try {
      await write()
      this.#unsaved.delete(key.toString())
    } catch (err) {
      options?.signal?.throwIfAborted()

      if (this.#isDamage(err)) {
        throw err
      }

      this.#log.error('could not save %s, it is kept in memory - %e', key, err)
      this.#keep(key.toString(), value)
    }
  }

  #keep(key: string, value: Uint8Array | null): void {
    this.#unsaved.delete(key)
    this.#unsaved.set(key, value)

    for (const oldest of this.#unsaved.keys()) {
      if (this.#unsaved.size <= this.#maxUnsaved) {
        break
      }

      this.#unsaved.delete(oldest)
    }
  }
}
