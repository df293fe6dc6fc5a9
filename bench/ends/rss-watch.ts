const INTERVAL_MS = 5

/** How much memory the process takes above what it took at first, after a collection. */
export class RssWatch {
  readonly #before: number
  readonly #timer: NodeJS.Timeout
  #most: number

  constructor() {
    globalThis.gc?.()
    this.#before = process.memoryUsage.rss()
    this.#most = this.#before
    this.#timer = setInterval(() => this.#look(), INTERVAL_MS)
  }

  /** @returns the most bytes by which it had grown */
  stop(): number {
    clearInterval(this.#timer)
    this.#look()

    return this.#most - this.#before
  }

  #look(): void {
    this.#most = Math.max(this.#most, process.memoryUsage.rss())
  }
}
