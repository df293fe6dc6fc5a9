import { LAG_FACTOR, MIN_LAG_MS } from './constants.ts'
import type { DownloadSource } from './download-source.ts'
import type { Clock, Timer } from '../lib/clock.ts'

/** Which of the sources of a model have fallen well behind what others take for a chunk. */
export class Laggards {
  readonly #clock: Clock
  readonly #stallTimeout: number
  readonly #onLag: () => void
  #timer?: Timer

  /** @param onLag - a source has fallen behind since `watch` */
  constructor(clock: Clock, stallTimeout: number, onLag: () => void) {
    this.#clock = clock
    this.#stallTimeout = stallTimeout
    this.#onLag = onLag
  }

  isBehind(source: DownloadSource, all: Iterable<DownloadSource>): boolean {
    return this.#until(source, all) <= this.#clock.now()
  }

  /** Tells when one of those that are asked falls behind, as long as another could be asked instead. */
  watch(asked: DownloadSource[], all: Iterable<DownloadSource>): void {
    const now = this.#clock.now()
    const next = Math.min(...asked.map((source) => this.#until(source, all)).filter((at) => at > now))

    this.stop()

    if (Number.isFinite(next)) {
      this.#timer = this.#clock.setTimeout(() => this.#onLag(), next - now)
    }
  }

  stop(): void {
    this.#timer?.clear()
    this.#timer = undefined
  }

  /** The time until which a source may take for its next chunk. */
  #until(source: DownloadSource, all: Iterable<DownloadSource>): number {
    const gaps = [...all].filter((other) => other !== source).flatMap(({ gap }) => gap ?? [])
    const usual = gaps.length > 0 ? Math.min(...gaps) : (source.gap ?? this.#stallTimeout / 2 / LAG_FACTOR)

    return (source.waitsSince ?? Number.POSITIVE_INFINITY) + Math.max(MIN_LAG_MS, LAG_FACTOR * usual)
  }
}
