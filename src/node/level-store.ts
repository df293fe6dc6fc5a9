import { NotFoundError } from '@libp2p/interface'
import { BaseDatastore } from 'datastore-core'
import { Key } from 'interface-datastore'
import type { AbortOptions } from '@libp2p/interface'
import type { LevelDatastore } from 'datastore-level'
import type { Batch, KeyQuery, Pair, Query } from 'interface-datastore'

/**
 * A LevelDB that can be opened again after a write failed. A write that the
 * disk took in part leaves a torn record in LevelDB's log. LevelDB keeps
 * writing behind that record and reports success, but reads none of it when
 * the log is opened next. So after a failed write nothing may be written until
 * the database has been opened again, which begins a new log.
 */
export class LevelStore extends BaseDatastore {
  readonly #level: LevelDatastore
  readonly #reads = new Set<Promise<unknown>>()
  /** What the store holds, while the database is not open. */
  #copy?: Map<string, Uint8Array>

  /** @param level - which is open */
  constructor(level: LevelDatastore) {
    super()
    this.#level = level
  }

  /**
   * Closes the database and opens it. While it is closed, and as long as it cannot be opened, reads are answered from
   * memory. No write may be under way.
   *
   * @throws when it cannot be read, or not be opened; it may be tried again
   */
  async reopen(): Promise<void> {
    this.#copy ??= new Map(
      (await this.#read(async () => Array.fromAsync(this.#level.query({})))).map(({ key, value }) => [
        key.toString(),
        new Uint8Array(value)
      ])
    )
    await this.#close()
    // one that is missing was removed by hand: an empty one would not be what was there
    await this.#level.db.open({ createIfMissing: false, compression: false })
    this.#copy = undefined
  }

  async close(): Promise<void> {
    await this.#close()
  }

  override async get(key: Key, options?: AbortOptions): Promise<Uint8Array> {
    if (this.#copy == null) {
      return this.#read(async () => this.#level.get(key, options))
    }

    const value = this.#copy.get(key.toString())

    if (value == null) {
      throw new NotFoundError()
    }

    return value
  }

  override async has(key: Key, options?: AbortOptions): Promise<boolean> {
    return this.#copy?.has(key.toString()) ?? this.#read(async () => this.#level.has(key, options))
  }

  override async *_all({ prefix }: Query, options?: AbortOptions): AsyncGenerator<Pair> {
    if (this.#copy != null) {
      for (const [key, value] of this.#copy) {
        yield { key: new Key(key, false), value }
      }

      return
    }

    // all at once: a slow reader must not keep the database from being closed
    yield* await this.#read(async () => Array.fromAsync(this.#level.query({ prefix }, options)))
  }

  override async *_allKeys({ prefix }: KeyQuery, options?: AbortOptions): AsyncGenerator<Key> {
    if (this.#copy != null) {
      for (const key of this.#copy.keys()) {
        yield new Key(key, false)
      }

      return
    }

    yield* await this.#read(async () => Array.fromAsync(this.#level.queryKeys({ prefix }, options)))
  }

  /** Written as a whole or not at all. */
  override batch(): Batch {
    return this.#level.batch()
  }

  override async put(key: Key, value: Uint8Array, options?: AbortOptions): Promise<Key> {
    return this.#level.put(key, value, options)
  }

  override async delete(key: Key, options?: AbortOptions): Promise<void> {
    await this.#level.delete(key, options)
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#reads)
    await this.#level.close()
  }

  async #read<T>(task: () => Promise<T>): Promise<T> {
    const read = task()

    this.#reads.add(read)

    try {
      return await read
    } finally {
      this.#reads.delete(read)
    }
  }
}
