import type { Clock } from './clock.ts'

/** Milliseconds by which a tick may be late, or early, before the clock counts as having leapt. A loaded machine stays below. */
export const LEAP_MS = 5_000

/**
 * Tells when the clock has leapt between two ticks that should be evenly
 * apart: the machine slept, its clock was set, or the event loop was held up.
 * Nothing could be heard of anybody meanwhile, so nobody was silent.
 */
export class LeapDetector {
  readonly #clock: Clock
  readonly #interval: number
  #previous: number

  /** @param interval - milliseconds between two ticks */
  constructor(clock: Clock, interval: number) {
    this.#clock = clock
    this.#interval = interval
    this.#previous = clock.now()
  }

  /** The time between two ticks: within the interval, wherever the clock may have leapt since. */
  now(): number {
    return Math.min(Math.max(this.#clock.now(), this.#previous), this.#previous + this.#interval)
  }

  /** To be called before the first tick after a pause. */
  restart(): void {
    this.#previous = this.#clock.now()
  }

  /** To be called at each tick; milliseconds by which the clock is elsewhere than it should be, 0 when it is not. */
  tick(): number {
    const now = this.#clock.now()
    const leap = now - this.#previous - this.#interval

    this.#previous = now

    return Math.abs(leap) >= LEAP_MS ? leap : 0
  }
}
