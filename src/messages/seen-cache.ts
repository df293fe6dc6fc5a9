import { createHash } from 'node:crypto'
import { systemClock } from '../../protocols/clock.ts'
import type { Clock } from '../../protocols/clock.ts'

/** Messages remembered (seed: `max_local_messages`). */
export const MAX_LOCAL_MESSAGES = 10_000

/** Milliseconds for which a message is remembered at most: longer than any path through a federation takes. */
export const SEEN_TTL_MS = 600_000

export interface SeenCacheInit {
  clock?: Clock
  /** @default 10_000 */
  maxLocalMessages?: number
  /** Milliseconds. @default 600_000 */
  ttl?: number
}

/** The messages that have been seen, by SHA-256 of their bytes, the latest used last. */
export class SeenCache {
  readonly #clock: Clock
  readonly #max: number
  readonly #ttl: number
  /** Hash to the time it is forgotten; in the order last seen, which is that of the times. */
  readonly #seen = new Map<string, number>()
  #hits = 0
  #misses = 0

  constructor(init: SeenCacheInit = {}) {
    this.#clock = init.clock ?? systemClock
    this.#max = init.maxLocalMessages ?? MAX_LOCAL_MESSAGES
    this.#ttl = init.ttl ?? SEEN_TTL_MS
  }

  get size(): number {
    return this.#seen.size
  }

  /** How many messages were, and were not, known. */
  get counts(): { hits: number; misses: number } {
    return { hits: this.#hits, misses: this.#misses }
  }

  /** Notes a message; `false` when it was known. */
  add(bytes: Uint8Array): boolean {
    // one byte a character keeps the key at 32 bytes
    const key = createHash('sha256').update(bytes).digest('binary')
    const now = this.#clock.now()
    const expiresAt = this.#seen.get(key)

    this.#seen.delete(key)
    this.#seen.set(key, now + this.#ttl)

    if (expiresAt != null && expiresAt > now) {
      this.#hits++

      return false
    }

    this.#misses++
    this.#makeRoom(now)

    return true
  }

  clear(): void {
    this.#seen.clear()
  }

  #makeRoom(now: number): void {
    for (const [key, expiresAt] of this.#seen) {
      if (expiresAt > now && this.#seen.size <= this.#max) {
        break
      }

      this.#seen.delete(key)
    }
  }
}
