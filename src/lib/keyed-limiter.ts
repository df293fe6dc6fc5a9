import { TokenBucket } from './token-bucket.ts'
import type { Clock } from './clock.ts'
import type { TokenBucketInit } from './token-bucket.ts'

export interface KeyedLimiterInit extends TokenBucketInit {
  /** Keys that are counted at the same time; beyond it the key that was used longest ago starts with a full bucket again. @default 16_384 */
  maxKeys?: number
}

const MAX_KEYS = 16_384

/** One token bucket for each key, such as a peer or a host. It forgets a key as soon as its bucket is full again. */
export class KeyedLimiter {
  readonly #clock: Pick<Clock, 'now'>
  readonly #init: TokenBucketInit
  readonly #maxKeys: number
  /** The key that was used last is at the end. */
  readonly #buckets = new Map<string, TokenBucket>()

  constructor(clock: Pick<Clock, 'now'>, init: KeyedLimiterInit) {
    this.#clock = clock
    this.#init = init
    this.#maxKeys = init.maxKeys ?? MAX_KEYS
  }

  /** How many keys are counted. */
  get size(): number {
    return this.#buckets.size
  }

  /** Takes tokens of the key when all of them are there; otherwise takes none and returns `false`. */
  take(key: { toString(): string }, tokens = 1): boolean {
    this.#forgetFull()

    const name = key.toString()
    const bucket = this.#buckets.get(name) ?? new TokenBucket(this.#clock, this.#init)

    this.#buckets.delete(name)
    this.#buckets.set(name, bucket)

    if (this.#buckets.size > this.#maxKeys) {
      const [oldest] = this.#buckets.keys()

      this.#buckets.delete(oldest ?? name)
    }

    return bucket.take(tokens)
  }

  /** Puts tokens back that were taken for something that was not done. */
  giveBack(key: { toString(): string }, tokens = 1): void {
    this.#buckets.get(key.toString())?.giveBack(tokens)
  }

  /** Looks from the key that was used longest ago: whatever its limit, it is full within the time that an empty bucket takes. */
  #forgetFull(): void {
    for (const [key, bucket] of this.#buckets) {
      if (!bucket.full) {
        return
      }

      this.#buckets.delete(key)
    }
  }
}
