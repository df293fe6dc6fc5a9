import type { Clock } from './clock.ts'

const SECOND_MS = 1_000

export interface AllowanceInit {
  /** How many may come at once. */
  burst: number
  /** How many come due in a second. */
  perSecond: number
}

/** How often something may be done: so often at once, and then at a steady pace (a token bucket). */
export class Allowance {
  readonly #clock: Pick<Clock, 'now'>
  readonly #burst: number
  readonly #perSecond: number
  #left: number
  #at: number

  constructor(clock: Pick<Clock, 'now'>, { burst, perSecond }: AllowanceInit) {
    this.#clock = clock
    this.#burst = burst
    this.#perSecond = perSecond
    this.#left = burst
    this.#at = clock.now()
  }

  /** Whether it may be done now; if so, it counts as done. */
  take(): boolean {
    this.#refill()

    if (this.#left < 1) {
      return false
    }

    this.#left--

    return true
  }

  /** Takes back that it was done. */
  giveBack(): void {
    this.#left = Math.min(this.#burst, this.#left + 1)
  }

  /** Whether as much may be done as at first. */
  get full(): boolean {
    this.#refill()

    return this.#left >= this.#burst
  }

  #refill(): void {
    const now = this.#clock.now()
    // a clock that was set back has not passed any time
    const passed = Math.max(now - this.#at, 0)

    this.#at = now
    this.#left = Math.min(this.#burst, this.#left + (passed / SECOND_MS) * this.#perSecond)
  }
}
