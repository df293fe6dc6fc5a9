import { Key } from 'interface-datastore'
import { fromString as uint8ArrayFromString } from 'uint8arrays/from-string'
import { toString as uint8ArrayToString } from 'uint8arrays/to-string'
import { Expiry } from './expiry.ts'
import { WriteQueue } from './write-queue.ts'
import type { Clock } from './clock.ts'
import type { ComponentLogger, Startable } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'

export interface PersistedMapComponents {
  datastore: Datastore
  logger: ComponentLogger
}

export interface PersistedMapInit<E> {
  /** What the map logs as. */
  name: string
  clock: Clock
  /** Entries there may be; beyond it the one that would expire first goes. */
  max: number
  /** Where the entries are in the datastore. */
  prefix: Key
  /** The name of an entry below the prefix. @default its key */
  nameOf?(key: string): string
  /** Milliseconds for which an entry was made. */
  ttl(entry: E): number
  /** An entry as it is kept, in JSON. */
  encode(key: string, entry: E): object
  /** What `encode` gave; undefined, or an error, for what is no entry. */
  decode(stored: unknown): { key: string; entry: E } | undefined
}

/**
 * Entries that expire, and that a restart keeps. Memory is what counts: an entry
 * is in force whatever becomes of its write. A clock that leaps while the map is
 * started ends none (`Expiry`).
 */
export class PersistedMap<E extends { expiresAt: number }> implements Startable {
  readonly #datastore: Datastore
  readonly #writes: WriteQueue
  readonly #init: PersistedMapInit<E>
  readonly #entries = new Map<string, E>()
  readonly #expiry: Expiry<E>
  #loaded?: Promise<void>

  constructor(components: PersistedMapComponents, init: PersistedMapInit<E>) {
    this.#datastore = components.datastore

    const log = components.logger.forComponent(init.name)

    this.#writes = new WriteQueue((err) => log.error('could not write to the datastore - %e', err))
    this.#init = init
    this.#expiry = new Expiry({
      clock: init.clock,
      entries: this.#entries,
      ttl: (entry) => init.ttl(entry),
      onMoved: (entry, key) => void this.#save(key, entry),
      onExpired: (_entry, key) => void this.delete(key)
    })
  }

  /**
   * Reads what an earlier run has kept.
   *
   * @throws what the datastore throws
   */
  async start(): Promise<void> {
    this.#loaded ??= this.#load()

    try {
      await this.#loaded
    } catch (err) {
      this.#loaded = undefined
      throw err
    }

    this.#expiry.start()
  }

  /** Resolves when all is written. The entries stay in force. */
  async stop(): Promise<void> {
    this.#loaded = undefined
    this.#expiry.stop()
    await this.#writes.flush()
  }

  /** The time by which `expiresAt` is to be set. */
  now(): number {
    return this.#expiry.now()
  }

  /** The entry, if it is in force. */
  get(key: string): E | undefined {
    const entry = this.#entries.get(key)

    return entry != null && this.#expiry.inForce(entry) ? entry : undefined
  }

  has(key: string): boolean {
    return this.get(key) != null
  }

  /** Those in force. */
  *entries(): IterableIterator<[string, E]> {
    for (const [key, entry] of this.#entries) {
      if (this.#expiry.inForce(entry)) {
        yield [key, entry]
      }
    }
  }

  /**
   * Sets an entry; it is in force when this is called, the promise is for the
   * datastore and never rejects.
   *
   * @param extend - whether an entry that is there and holds for longer stays as it is
   * @returns the entry there is now
   */
  async set(key: string, entry: E, { extend = false } = {}): Promise<E> {
    const before = this.#entries.get(key)

    if (extend && before != null && before.expiresAt > entry.expiresAt) {
      await this.#writes.flush()

      return before
    }

    this.#put(key, entry)
    this.#expiry.watch()
    await this.#save(key, entry)

    return entry
  }

  /** Never rejects. */
  async delete(key: string): Promise<void> {
    if (this.#entries.delete(key)) {
      await this.#writes.write(async () => this.#datastore.delete(this.#keyOf(key)))
    }
  }

  async clear(): Promise<void> {
    await Promise.all(Array.from(this.#entries.keys(), async (key) => this.delete(key)))
  }

  async #load(): Promise<void> {
    const { prefix } = this.#init

    for await (const { key: path, value } of this.#datastore.query({ prefix: prefix.toString() })) {
      const stored = this.#parse(value)

      if (
        stored == null ||
        this.#keyOf(stored.key).toString() !== path.toString() ||
        !this.#expiry.restore(stored.entry, stored.key)
      ) {
        await this.#writes.write(async () => this.#datastore.delete(path))
      } else if (!this.#entries.has(stored.key)) {
        // what was set since, or outlived a stop, is the newer
        this.#put(stored.key, stored.entry)
      }
    }
  }

  #parse(value: Uint8Array): { key: string; entry: E } | undefined {
    try {
      return this.#init.decode(JSON.parse(uint8ArrayToString(value)))
    } catch {
      return undefined
    }
  }

  #put(key: string, entry: E): void {
    if (!this.#entries.has(key) && this.#entries.size >= this.#init.max) {
      this.#dropFirst()
    }

    this.#entries.set(key, entry)
  }

  /** The entry that would expire first goes; it may have expired. */
  #dropFirst(): void {
    let first: [string, E] | undefined

    for (const [key, entry] of this.#entries) {
      first = first == null || entry.expiresAt < first[1].expiresAt ? [key, entry] : first
    }

    if (first != null) {
      void this.delete(first[0])
    }
  }

  #keyOf(key: string): Key {
    return this.#init.prefix.child(new Key(this.#init.nameOf?.(key) ?? key))
  }

  async #save(key: string, entry: E): Promise<void> {
    const value = uint8ArrayFromString(JSON.stringify(this.#init.encode(key, entry)))

    await this.#writes.write(async () => this.#datastore.put(this.#keyOf(key), value))
  }
}
