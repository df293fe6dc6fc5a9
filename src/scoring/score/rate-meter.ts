/** Whether something happens more often than it may: a bucket that fills with each time and leaks steadily. */
export class RateMeter {
  readonly #perSecond: number
  readonly #burst: number
  #level = 0
  #at: number

  /** @param burst - how often it may happen at once */
  constructor(perSecond: number, burst: number, now: number) {
    this.#perSecond = perSecond
    this.#burst = burst
    this.#at = now
  }

  /** Notes one time; false when it is once too often. @param now - milliseconds that only grow */
  take(now: number): boolean {
    this.#level = Math.max(0, this.#level - ((now - this.#at) * this.#perSecond) / 1_000)
    this.#at = now

    if (this.#level + 1 > this.#burst) {
      return false
    }

    this.#level++

    return true
  }
}
