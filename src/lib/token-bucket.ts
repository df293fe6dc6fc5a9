import type { Clock } from './clock.ts'

const SECOND_MS = 1_000
const MINUTE_S = 60
/** Tokens that rounding may lose, so that a steady rate at the limit is never refused. */
const ROUNDING = 1e-9

export interface TokenBucketInit {
  /** Tokens of a full bucket: what may be taken at once. */
  burst: number
  /** Tokens that are added in a second. */
  perSecond: number
}

/** As many at once as in a second. */
export function perSecond(count: number): TokenBucketInit {
  return { burst: count, perSecond: count }
}

/** As many at once as in a minute. */
export function perMinute(count: number): TokenBucketInit {
  return { burst: count, perSecond: count / MINUTE_S }
}

/**
 * Limits how often something is done: a burst at once, then a steady rate. In
 * any time `t` it allows at most `burst + perSecond * t`.
 */
export class TokenBucket {
  readonly #clock: Pick<Clock, 'now'>
  readonly #burst: number
  readonly #perSecond: number
  #left: number
  #at: number

  constructor(clock: Pick<Clock, 'now'>, { burst, perSecond: rate }: TokenBucketInit) {
    this.#clock = clock
    this.#burst = burst
    this.#perSecond = rate
    this.#left = burst
    this.#at = clock.now()
  }

  /** Takes the tokens when all of them are there; otherwise takes none and returns `false`. */
  take(tokens = 1): boolean {
    this.#refill()

    if (this.#left < tokens - ROUNDING) {
      return false
    }

    this.#left -= tokens

    return true
  }

  /**
   * Takes the tokens in any case; the bucket may then owe some.
   *
   * @returns milliseconds until it owes none; negative when it owes none now: the time in which what is left would be added
   */
  spend(tokens: number): number {
    this.#refill()
    this.#left -= tokens

    return (-this.#left / this.#perSecond) * SECOND_MS
  }

  /** Puts tokens back that were taken for something that was not done. */
  giveBack(tokens = 1): void {
    this.#left = Math.min(this.#burst, this.#left + tokens)
  }

  /** Whether nothing was taken that has not been added again. */
  get full(): boolean {
    this.#refill()

    return this.#left >= this.#burst
  }

  #refill(): void {
    const now = this.#clock.now()
    // a clock that is set back adds nothing
    const passed = Math.max(now - this.#at, 0)

    this.#at = now
    this.#left = Math.min(this.#burst, this.#left + (passed / SECOND_MS) * this.#perSecond)
  }
}
