import { systemClock } from '../clock.ts'
import { FairShares } from './fair-shares.ts'
import type { FairSharesInit, Introducer } from './types.ts'
import type { Clock } from '../clock.ts'

export interface FairMapInit<K, V> extends FairSharesInit {
  clock?: Pick<Clock, 'now'>
  /** Milliseconds after which an entry that was not set or renewed is gone. @default it stays */
  ttl?: number
  /** Called with an entry that had to make room, or that has expired. */
  onEvict?(key: K, value: V): void
}

interface Entry<V> {
  value: V
  /** Who pays for the entry. */
  introducer: Introducer
  expiresAt: number
}

/**
 * A bounded map whose room is divided by introducer. A new entry takes the
 * place of the oldest entry of whoever holds the most, which may be the one that
 * brings it.
 */
export class FairMap<K, V> {
  readonly #clock: Pick<Clock, 'now'>
  readonly #ttl: number
  readonly #onEvict: FairMapInit<K, V>['onEvict']
  readonly #shares: FairShares
  /** In the order last set or renewed, which is that of expiry. */
  readonly #entries = new Map<K, Entry<V>>()
  /** The keys of each introducer, in the same order. */
  readonly #keys = new Map<string, Set<K>>()

  constructor(init: FairMapInit<K, V>) {
    this.#clock = init.clock ?? systemClock
    this.#ttl = init.ttl ?? Infinity
    this.#onEvict = init.onEvict
    this.#shares = new FairShares(init, true)
  }

  get size(): number {
    this.#expire()

    return this.#entries.size
  }

  /** Entries that one introducer pays for. */
  heldBy(id: string): number {
    this.#expire()

    return this.#shares.heldBy(id)
  }

  has(key: K): boolean {
    this.#expire()

    return this.#entries.has(key)
  }

  get(key: K): V | undefined {
    this.#expire()

    return this.#entries.get(key)?.value
  }

  /**
   * Sets an entry and makes it the newest. One that another introducer has
   * brought before is paid for by the one of both that holds less, so that none
   * can bring what is others' in order to have it evicted.
   *
   * @returns whether there was room for it
   */
  set(key: K, value: V, introducer: Introducer): boolean {
    this.#expire()

    const before = this.#entries.get(key)

    if (before != null) {
      this.#renew(key, before, value)
      this.#share(key, before, introducer)

      return true
    }

    if (!this.#makeRoom(introducer)) {
      return false
    }

    this.#entries.set(key, { value, introducer, expiresAt: this.#clock.now() + this.#ttl })
    this.#charge(key, introducer)

    return true
  }

  /** Makes an entry the newest again, as if it had been set. */
  renew(key: K): void {
    const entry = this.#entries.get(key)

    if (entry != null) {
      this.#renew(key, entry, entry.value)
    }
  }

  delete(key: K): boolean {
    const entry = this.#entries.get(key)

    if (entry != null) {
      this.#entries.delete(key)
      this.#discharge(key, entry.introducer.id)
    }

    return entry != null
  }

  /** Removes all that the introducer pays for. */
  deleteOf(id: string): void {
    for (const key of this.#keys.get(id) ?? []) {
      this.delete(key)
    }
  }

  clear(): void {
    for (const key of this.#entries.keys()) {
      this.delete(key)
    }
  }

  /** The oldest first. */
  *entries(): IterableIterator<[K, V]> {
    this.#expire()

    for (const [key, { value }] of this.#entries) {
      yield [key, value]
    }
  }

  #renew(key: K, entry: Entry<V>, value: V): void {
    entry.value = value
    entry.expiresAt = this.#clock.now() + this.#ttl
    this.#entries.delete(key)
    this.#entries.set(key, entry)

    const keys = this.#keys.get(entry.introducer.id)

    keys?.delete(key)
    keys?.add(key)
  }

  #share(key: K, entry: Entry<V>, introducer: Introducer): void {
    const before = entry.introducer

    if (this.#shares.heldBy(introducer.id) + 1 < this.#shares.heldBy(before.id)) {
      this.#discharge(key, before.id)
      entry.introducer = this.#shares.claim(introducer, 1).fits ? introducer : before
      this.#charge(key, entry.introducer)
    }
  }

  #charge(key: K, introducer: Introducer): void {
    const keys = this.#keys.get(introducer.id) ?? new Set<K>()

    this.#keys.set(introducer.id, keys.add(key))
    this.#shares.add(introducer, 1)
  }

  #discharge(key: K, id: string): void {
    const keys = this.#keys.get(id)

    keys?.delete(key)

    if (keys?.size === 0) {
      this.#keys.delete(id)
    }

    this.#shares.remove(id, 1)
  }

  #makeRoom(introducer: Introducer): boolean {
    for (;;) {
      const claim = this.#shares.claim(introducer, 1)

      if (claim.fits) {
        return true
      }

      const keys = claim.from == null ? undefined : this.#keys.get(claim.from)

      if (keys == null) {
        return false
      }

      // a key may be undefined, so that the set decides whether there is one
      for (const oldest of keys) {
        this.#evict(oldest)
        break
      }
    }
  }

  #evict(key: K): void {
    const entry = this.#entries.get(key)

    if (entry != null) {
      this.delete(key)
      this.#onEvict?.(key, entry.value)
    }
  }

  #expire(): void {
    if (this.#ttl === Infinity) {
      return
    }

    const now = this.#clock.now()

    for (const [key, { expiresAt }] of this.#entries) {
      if (expiresAt > now) {
        return
      }

      this.#evict(key)
    }
  }
}
