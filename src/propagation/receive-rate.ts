import type { Clock } from '../lib/clock.ts'

/** How fast a model comes, averaged over the latest time. */
export class ReceiveRate {
  readonly #clock: Clock
  readonly #span: number
  #total = 0
  #earlier?: { at: number; total: number }
  #latest: { at: number; total: number }

  /** @param span - milliseconds that the average is over, at least; at most about twice of it */
  constructor(clock: Clock, span: number) {
    this.#clock = clock
    this.#span = span
    this.#latest = { at: clock.now(), total: 0 }
  }

  received(bytes: number): void {
    this.#turn()
    this.#total += bytes
  }

  /** Bytes per second; nothing can be said before the span is over. */
  get average(): number | undefined {
    this.#turn()

    return (
      this.#earlier &&
      ((this.#total - this.#earlier.total) * 1_000) / Math.max(1, this.#clock.now() - this.#earlier.at)
    )
  }

  #turn(): void {
    const now = this.#clock.now()

    if (now - this.#latest.at >= this.#span) {
      this.#earlier = this.#latest
      this.#latest = { at: now, total: this.#total }
    }
  }
}
