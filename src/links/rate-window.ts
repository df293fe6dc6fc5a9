import type { Clock } from '../../protocols/clock.ts'

/** Counts what happens within windows of a fixed length, the first of which begins with the first event. */
export class RateWindow {
  readonly #clock: Clock
  readonly #max: number
  readonly #length: number
  #endsAt = -Infinity
  #count = 0

  /** @param length - milliseconds */
  constructor(clock: Clock, max: number, length: number) {
    this.#clock = clock
    this.#max = max
    this.#length = length
  }

  /** Notes one event; false when there were as many as allowed already. */
  take(): boolean {
    const now = this.#clock.now()

    // also when the clock was set back: a window lasts no longer than its length
    if (now >= this.#endsAt || now < this.#endsAt - this.#length) {
      this.#endsAt = now + this.#length
      this.#count = 0
    }

    return ++this.#count <= this.#max
  }
}
