export interface MemoryReport {
  /** Bytes. */
  rss: number
  /** The most since the last mark, in bytes. */
  peakRss: number
  /** What is in use in and beside the JavaScript heap, in bytes. */
  inUse: number
}

const SAMPLE_MS = 20

/** Watches the memory of this process. */
export class MemoryWatch {
  readonly #timer: NodeJS.Timeout
  #peakRss = 0

  constructor() {
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS)
    this.#timer.unref()
  }

  /** Begins the peak anew. */
  mark(): void {
    this.#peakRss = 0
  }

  /** @param collect - whether to collect garbage first; needs `--expose-gc` */
  report(collect: boolean): MemoryReport {
    this.#sample()

    if (collect) {
      globalThis.gc?.()
    }

    const { rss, heapUsed, external } = process.memoryUsage()

    return { rss, peakRss: this.#peakRss, inUse: heapUsed + external }
  }

  #sample(): void {
    this.#peakRss = Math.max(this.#peakRss, process.memoryUsage.rss())
  }
}
