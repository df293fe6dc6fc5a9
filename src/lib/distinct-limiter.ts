import { TokenBucket } from './token-bucket.ts'
import type { Clock } from './clock.ts'
import type { TokenBucketInit } from './token-bucket.ts'

const SECOND_MS = 1_000

/**
 * Limits how many different keys are admitted. A key that was admitted takes
 * its token once, and is free for the time in which an empty bucket fills.
 */
export class DistinctLimiter {
  readonly #clock: Pick<Clock, 'now'>
  readonly #bucket: TokenBucket
  readonly #window: number
  /** When each key was admitted, the first at the beginning. */
  readonly #admitted = new Map<string, number>()

  constructor(clock: Pick<Clock, 'now'>, init: TokenBucketInit) {
    this.#clock = clock
    this.#bucket = new TokenBucket(clock, init)
    this.#window = (init.burst / init.perSecond) * SECOND_MS
  }

  /** How many keys are free. */
  get size(): number {
    return this.#admitted.size
  }

  /** Whether the key is free, or is admitted now. */
  take(key: string): boolean {
    const now = this.#clock.now()

    this.#forget(now)

    if (this.#admitted.has(key)) {
      return true
    }

    if (!this.#bucket.take()) {
      return false
    }

    this.#admitted.set(key, now)

    return true
  }

  #forget(now: number): void {
    for (const [key, at] of this.#admitted) {
      if (at > now) {
        // the clock was set back
        this.#admitted.set(key, now)
      } else if (now - at >= this.#window) {
        this.#admitted.delete(key)
      } else {
        return
      }
    }
  }
}
