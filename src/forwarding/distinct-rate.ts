import type { Clock } from '../lib/clock.ts'

const MINUTE_MS = 60_000

/** How many different names may come in a minute, each as often as it likes. */
export class DistinctRate {
  readonly #max: number
  readonly #clock: Clock
  readonly #names = new Set<string>()
  #begun = 0

  constructor(perMinute: number, clock: Clock) {
    this.#max = perMinute
    this.#clock = clock
  }

  /** Whether the name is among those of this minute, or is one that may be added. */
  take(name: string): boolean {
    const now = this.#clock.now()

    // a clock that was set back begins a minute, too
    if (now < this.#begun || now - this.#begun >= MINUTE_MS) {
      this.#names.clear()
      this.#begun = now
    }

    if (this.#names.size >= this.#max && !this.#names.has(name)) {
      return false
    }

    this.#names.add(name)

    return true
  }
}
