import { createHash } from 'node:crypto'
import { systemClock } from '../lib/clock.ts'
import { MAX_LOCAL_MESSAGES, MAX_SENDERS, SEEN_TTL_MS } from './constants.ts'
import type { Clock } from '../lib/clock.ts'

export interface SeenCacheInit {
  clock?: Clock
  /** @default 10_000 */
  maxLocalMessages?: number
  /** Milliseconds. @default 600_000 */
  ttl?: number
}

/** The messages that have been seen: O(1), bounded in number and age. */
export class SeenCache {
  readonly #clock: Clock
  readonly #max: number
  readonly #ttl: number
  /** By hash, in the order last seen, which is that of the times at which they are forgotten. */
  readonly #seen = new Map<string, Seen>()
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

  /** How often a message that was asked for was, and was not, known. */
  get counts(): { hits: number; misses: number } {
    return { hits: this.#hits, misses: this.#misses }
  }

  /** What the message is known by: SHA-256 of its number and bytes, for an origin may say the same thing twice. */
  key(seqno: bigint, wrapper: Uint8Array): string {
    const number = new DataView(new ArrayBuffer(8))

    number.setBigUint64(0, seqno)

    // one byte a character keeps the key at 32 bytes
    return createHash('sha256').update(number).update(wrapper).digest('binary')
  }

  /** Whether the message is known; it counts as used then. */
  has(key: string): boolean {
    const now = this.#clock.now()
    const seen = this.#seen.get(key)

    if (seen == null || seen.expiresAt <= now) {
      this.#misses++

      return false
    }

    this.#hits++
    this.#note(key, seen, now)

    return true
  }

  /**
   * Notes that a peer sent a message that is known; `true` when it is not the
   * first time. Each neighbour sends a message once, so more senders than are
   * kept do not occur but where there are more links.
   */
  repeated(key: string, from: string): boolean {
    const senders = this.#seen.get(key)?.senders

    if (senders == null || senders.includes(from)) {
      return senders != null
    }

    if (senders.length < MAX_SENDERS) {
      senders.push(from)
    }

    return false
  }

  /** Notes a message, once it is known to be its origin's: an earlier note would let anybody suppress it. A delivery by a proxy has no sender. */
  add(key: string, from?: string): void {
    const now = this.#clock.now()

    this.#note(key, { expiresAt: now, senders: from == null ? [] : [from] }, now)

    for (const [oldest, { expiresAt }] of this.#seen) {
      if (expiresAt > now && this.#seen.size <= this.#max) {
        break
      }

      this.#seen.delete(oldest)
    }
  }

  clear(): void {
    this.#seen.clear()
  }

  /** The map's order is that of the last use. */
  #note(key: string, seen: Seen, now: number): void {
    seen.expiresAt = now + this.#ttl
    this.#seen.delete(key)
    this.#seen.set(key, seen)
  }
}

interface Seen {
  expiresAt: number
  /** The peers that it came from. */
  senders: string[]
}
