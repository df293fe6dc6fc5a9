import { Watchdog } from '../lib/watchdog.ts'
import { RequestWindow } from './request-window.ts'
import type { Clock } from '../lib/clock.ts'
import type { SinkEnd } from '../../protocols/model/index.ts'
import type { PeerId } from '@libp2p/interface'

export interface DownloadSourceInit {
  clock: Clock
  stallTimeout: number
  /** Bytes asked for and not yet got, at most. */
  requestWindow: number
  onStall(): void
}

/** One source of a download, and whether it goes on. */
export class DownloadSource {
  readonly sink: SinkEnd
  readonly peer: PeerId
  readonly #clock: Clock
  readonly #window: RequestWindow
  readonly #watchdog: Watchdog
  #asked = false
  #stalls = 0
  #waitsSince?: number
  #gap?: number

  constructor(sink: SinkEnd, peer: PeerId, init: DownloadSourceInit) {
    this.sink = sink
    this.peer = peer
    this.#clock = init.clock
    this.#window = new RequestWindow({
      clock: init.clock,
      chunkSize: sink.signed.header.chunkSize,
      maxBytes: init.requestWindow
    })
    this.#watchdog = new Watchdog(init.clock, init.stallTimeout, () => {
      this.#stalls++
      init.onStall()
    })
  }

  /** Whether it was ever asked for a chunk. */
  get asked(): boolean {
    return this.#asked
  }

  /** How often it has not gone on since its last chunk. */
  get stalls(): number {
    return this.#stalls
  }

  /** Since when the next chunk is awaited, in milliseconds since the Unix epoch. */
  get waitsSince(): number | undefined {
    return this.#waitsSince
  }

  /** Milliseconds between two chunks of late, if any has come. */
  get gap(): number | undefined {
    return this.#gap
  }

  /** How many chunks may be asked for and not yet have come. */
  get window(): number {
    return this.#window.chunks
  }

  /** @returns how many of the chunks were asked for */
  request(chunks: number[]): number {
    const count = this.sink.request(chunks)

    this.#asked = true
    this.#window.asked(count)

    return count
  }

  /** A chunk has come. */
  progressed(): void {
    if (this.#waitsSince != null) {
      const gap = this.#clock.now() - this.#waitsSince

      this.#gap = this.#gap == null ? gap : (this.#gap + gap) / 2
      this.#waitsSince = undefined
    }

    this.#stalls = 0
    this.#window.received()
    this.#watchdog.stop()
  }

  /** @param expecting - whether a chunk is to come */
  watch(expecting: boolean): void {
    if (expecting) {
      this.#waitsSince ??= this.#clock.now()
      this.#watchdog.start()
    } else {
      this.#waitsSince = undefined
      this.#watchdog.stop()
    }
  }

  stop(): void {
    this.#watchdog.stop()
  }
}
