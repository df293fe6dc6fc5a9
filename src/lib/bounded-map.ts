import { systemClock } from './clock.ts'
import type { Clock } from './clock.ts'

export interface BoundedMapInit<K, V> {
  /** Entries there may be; beyond it the oldest goes. */
  max: number
  clock?: Pick<Clock, 'now'>
  /** Milliseconds after which an entry that was not set or renewed is gone. @default it stays */
  ttl?: number
  /** Called with an entry that had to make room, or that has expired. */
  onEvict?(key: K, value: V): void
}

interface Entry<V> {
  value: V
  expiresAt: number
}

/**
 * A map with at most so many entries, each for so long. To set or renew an
 * entry makes it the newest. Where peers decide what the keys are, and one must
 * not push out what others brought, it is `FairMap`.
 */
export class BoundedMap<K, V> {
  readonly #max: number
  readonly #clock: Pick<Clock, 'now'>
  readonly #ttl: number
  readonly #onEvict: BoundedMapInit<K, V>['onEvict']
  /** In the order last set or renewed, which is that of expiry. */
  readonly #entries = new Map<K, Entry<V>>()

  constructor(init: BoundedMapInit<K, V>) {
    this.#max = init.max
    this.#clock = init.clock ?? systemClock
    this.#ttl = init.ttl ?? Infinity
    this.#onEvict = init.onEvict
  }

  get size(): number {
    this.#expire()

    return this.#entries.size
  }

  has(key: K): boolean {
    return this.#find(key) != null
  }

  get(key: K): V | undefined {
    return this.#find(key)?.value
  }

  /** Sets an entry and makes it the newest. */
  set(key: K, value: V): void {
    this.#entries.delete(key)
    this.#entries.set(key, { value, expiresAt: this.#newExpiry() })
    this.#expire()

    while (this.#entries.size > this.#max) {
      this.#evictOldest()
    }
  }

  /** Makes an entry the newest again, as if it had been set; its value, where there is one. */
  renew(key: K): V | undefined {
    const entry = this.#find(key)

    if (entry != null) {
      entry.expiresAt = this.#newExpiry()
      this.#entries.delete(key)
      this.#entries.set(key, entry)
    }

    return entry?.value
  }

  /** Deletes an entry; its value, where there was one. */
  take(key: K): V | undefined {
    const value = this.get(key)

    this.#entries.delete(key)

    return value
  }

  delete(key: K): boolean {
    return this.#entries.delete(key)
  }

  clear(): void {
    this.#entries.clear()
  }

  /** Moves all expiries along with a clock that has leapt. */
  shift(ms: number): void {
    for (const entry of this.#entries.values()) {
      entry.expiresAt += ms
    }
  }

  /** The oldest first. */
  *entries(): IterableIterator<[K, V]> {
    this.#expire()

    for (const [key, { value }] of this.#entries) {
      yield [key, value]
    }
  }

  *keys(): IterableIterator<K> {
    for (const [key] of this.entries()) {
      yield key
    }
  }

  *values(): IterableIterator<V> {
    for (const [, value] of this.entries()) {
      yield value
    }
  }

  #newExpiry(): number {
    return this.#ttl === Infinity ? Infinity : this.#clock.now() + this.#ttl
  }

  /** The entry, unless it has expired: that costs no look at any other. */
  #find(key: K): Entry<V> | undefined {
    const entry = this.#entries.get(key)

    return entry == null || (entry.expiresAt !== Infinity && entry.expiresAt <= this.#clock.now())
      ? undefined
      : entry
  }

  #expire(): void {
    if (this.#ttl === Infinity) {
      return
    }

    const now = this.#clock.now()

    for (const { expiresAt } of this.#entries.values()) {
      if (expiresAt > now) {
        return
      }

      this.#evictOldest()
    }
  }

  #evictOldest(): void {
    for (const [key, { value }] of this.#entries) {
      this.#entries.delete(key)
      this.#onEvict?.(key, value)

      return
    }
  }
}
