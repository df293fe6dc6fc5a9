import { createHash } from 'node:crypto'
import { BoundedMap } from '../lib/bounded-map.ts'
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
  /** The peers that each message came from, by its hash. */
  readonly #seen: BoundedMap<string, string[]>
  #hits = 0
  #misses = 0

  constructor(init: SeenCacheInit = {}) {
    this.#seen = new BoundedMap({
      max: init.maxLocalMessages ?? MAX_LOCAL_MESSAGES,
      ttl: init.ttl ?? SEEN_TTL_MS,
      clock: init.clock
    })
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
    if (this.#seen.renew(key) == null) {
      this.#misses++

      return false
    }

    this.#hits++

    return true
  }

  /**
   * Notes that a peer sent a message that is known; `true` when it is not the
   * first time. Each neighbour sends a message once, so more senders than are
   * kept do not occur but where there are more links.
   */
  repeated(key: string, from: string): boolean {
    const senders = this.#seen.get(key)

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
    this.#seen.set(key, from == null ? [] : [from])
  }

  clear(): void {
    this.#seen.clear()
  }
}
