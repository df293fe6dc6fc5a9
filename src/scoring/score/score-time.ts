import { systemClock } from '../../lib/clock.ts'
import { MAX_TIME_STEP_MS } from './constants.ts'
import type { Clock } from '../../lib/clock.ts'

/**
 * Time as scores count it: it never goes back, and passes only while this node
 * watches. A clock that is set by hours, or a machine that sleeps, neither
 * forgives peers nor gives them time in a link that they did not have.
 */
export class ScoreTime {
  readonly #clock: Clock
  readonly #maxStep: number
  #wall: number
  #passed = 0

  /** @param maxStep - milliseconds that may pass between two readings */
  constructor(clock: Clock = systemClock, maxStep = MAX_TIME_STEP_MS) {
    this.#clock = clock
    this.#maxStep = maxStep
    this.#wall = clock.now()
  }

  /** Milliseconds since an arbitrary point. */
  now(): number {
    const wall = this.#clock.now()

    this.#passed += Math.min(Math.max(wall - this.#wall, 0), this.#maxStep)
    this.#wall = wall

    return this.#passed
  }
}
