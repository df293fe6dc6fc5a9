import type { Clock } from '../../protocols/clock.ts'

/** The numbers of this node's attempts, which only grow, over restarts too: the clock's microseconds, and always more than before. */
export class AttemptNumbers {
  readonly #clock: Clock
  #newest = 0n

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The number of the newest attempt, to whomever; 0 before the first. */
  get newest(): bigint {
    return this.#newest
  }

  next(): bigint {
    const now = BigInt(Math.floor(this.#clock.now())) * 1_000n

    this.#newest = now > this.#newest ? now : this.#newest + 1n

    return this.#newest
  }
}
