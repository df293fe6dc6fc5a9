import { ChunkSchedule } from './chunk-schedule.ts'
import { Laggards } from './laggards.ts'
import type { DownloadSource } from './download-source.ts'
import type { Clock } from '../lib/clock.ts'
import type { PeerId } from '@libp2p/interface'

export interface RequestsInit {
  clock: Clock
  stallTimeout: number
  /** Sources that are asked at once, those that have fallen behind not counted. */
  maxParallel: number
  /** Whether the peer gets chunks of this model from this node: it would wait for what it has to give. */
  isServed?(peer: PeerId): boolean
  /** It is time to balance again. */
  onLag(): void
}

/** Which sources of a model are asked for which of its chunks. */
export class Requests {
  readonly #sources: ReadonlySet<DownloadSource>
  readonly #init: RequestsInit
  readonly #schedule: ChunkSchedule<DownloadSource>
  readonly #laggards: Laggards

  /**
   * @param sources - all that there are, at any time
   * @param missing - ascending
   */
  constructor(sources: ReadonlySet<DownloadSource>, missing: Iterable<number>, init: RequestsInit) {
    this.#sources = sources
    this.#init = init
    this.#schedule = new ChunkSchedule(missing)
    this.#laggards = new Laggards(init.clock, init.stallTimeout, init.onLag)
  }

  stop(): void {
    this.#laggards.stop()
  }

  /** The chunk has come, from whomever. */
  received(index: number): void {
    this.#schedule.received(index)
  }

  /** What the source was asked for is to be asked of another. */
  lost(source: DownloadSource): void {
    this.#schedule.lost(source)
  }

  /**
   * Keeps the asked sources busy, and asks others while there are chunks for them.
   *
   * @returns whether nobody is there to be asked for what lacks
   */
  balance(): boolean {
    const asked = [...this.#sources].filter((source) => this.#schedule.outstanding(source) > 0)
    const mayLag = [...this.#sources].every(({ sink }) => !sink.complete || sink.left)

    for (const source of asked) {
      // what a source that does not have all may never get is not asked of it when another has it
      if (mayLag || source.sink.complete) {
        this.#fill(source)
      }
    }

    const keepUp = asked.filter((source) => !this.#laggards.isBehind(source, this.#sources))

    for (const source of this.reserve()) {
      // a source that does not have all could only be as far as this node is
      const useful = asked.length === 0 || (source.sink.complete && keepUp.length < this.#init.maxParallel)

      if (useful && this.#fill(source)) {
        asked.push(source)
        keepUp.push(source)
      }
    }

    this.#askAgain(asked.filter((source) => !keepUp.includes(source)))
    this.#watch(asked)

    return asked.length === 0 && !this.#schedule.done
  }

  /** Those that can be asked, the best first. */
  reserve(): DownloadSource[] {
    return [...this.#sources]
      .filter((source) => this.#schedule.outstanding(source) === 0 && !source.sink.left)
      .filter(({ sink, peer }) => sink.complete || this.#init.isServed?.(peer) !== true)
      .sort((a, b) => Number(b.sink.complete) - Number(a.sink.complete))
  }

  /** Asks for more when less than half of the window is outstanding. */
  #fill(source: DownloadSource): boolean {
    const outstanding = this.#schedule.outstanding(source)

    if (outstanding > source.window / 2 || source.sink.left || this.#schedule.free === 0) {
      return false
    }

    return this.#ask(
      source,
      this.#schedule.next(source.window - outstanding, (index) => source.sink.mayAsk(index))
    )
  }

  /** When all is asked for, those that have all and nothing to send are asked for what others are slow with, too. */
  #askAgain(slow: DownloadSource[]): void {
    const idle = slow.length > 0 && this.#schedule.free === 0 ? this.reserve() : []

    for (const source of idle.filter(({ sink }) => sink.complete)) {
      for (const other of slow) {
        const room = source.window - this.#schedule.outstanding(source)

        this.#ask(
          source,
          this.#schedule.behind(other, room, (index) => source.sink.mayAsk(index))
        )
      }
    }
  }

  #ask(source: DownloadSource, chunks: number[]): boolean {
    if (chunks.length > 0) {
      this.#schedule.asked(source, chunks.slice(0, source.request(chunks)))
    }

    return chunks.length > 0
  }

  #watch(asked: DownloadSource[]): void {
    for (const source of this.#sources) {
      const expecting = this.#schedule.outstanding(source) > 0

      source.watch(expecting)

      // or it would hold a place for what it is not asked for
      if (!expecting && !this.#schedule.done) {
        source.sink.reserve()
      }
    }

    if (this.reserve().some(({ sink }) => sink.complete)) {
      this.#laggards.watch(asked, this.#sources)
    } else {
      this.#laggards.stop()
    }
  }
}
