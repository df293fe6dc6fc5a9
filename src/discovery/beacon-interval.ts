import { InvalidParametersError } from '@libp2p/interface'
import {
  BEACON_JITTER,
  BEACON_REPEAT_MS,
  LONGEST_BEACON_INTERVAL_MS,
  SHORTEST_BEACON_INTERVAL_MS
} from './constants.ts'
import type { Random } from '../lib/clock.ts'

/** How long a beacon waits after each question: longer and longer, until something changes. */
export class BeaconInterval {
  readonly #max: number
  readonly #random: Random
  #base: number
  #next: number

  /** @throws {InvalidParametersError} see `base` */
  constructor(base: number, max: number, random: Random) {
    this.#base = checked(base)
    this.#max = max
    this.#random = random
    this.#next = base
  }

  /** Milliseconds between two questions when something has changed lately. */
  get base(): number {
    return this.#base
  }

  /** @throws {InvalidParametersError} when it is not between SHORTEST_ and LONGEST_BEACON_INTERVAL_MS */
  set base(ms: number) {
    this.#base = checked(ms)
    this.#next = ms
  }

  /** Something has changed: the next delay is the base. */
  reset(): void {
    this.#next = Math.min(this.#next, this.#base)
  }

  /** The first question is asked now: the next ones follow soon, in case it was lost. */
  begin(): void {
    this.#next = Math.min(BEACON_REPEAT_MS, this.#base)
  }

  /** Milliseconds until the next question. */
  next(): number {
    const delay = this.#next
    const most = delay < this.#base ? this.#base : Math.max(this.#base, this.#max)
    this.#next = Math.min(delay * 2, most)

    // the second question may not follow sooner than a second
    return Math.max(delay * (1 - BEACON_JITTER * this.#random()), Math.min(delay, BEACON_REPEAT_MS))
  }
}

function checked(ms: number): number {
  if (!(ms >= SHORTEST_BEACON_INTERVAL_MS && ms <= LONGEST_BEACON_INTERVAL_MS)) {
    throw new InvalidParametersError(
      `The beacon's interval must be between ${SHORTEST_BEACON_INTERVAL_MS} and ${LONGEST_BEACON_INTERVAL_MS} ms, not ${ms}`
    )
  }

  return ms
}
