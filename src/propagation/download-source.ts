import { Watchdog } from '../../protocols/watchdog.ts'
import { RequestWindow } from './request-window.ts'
import type { Clock } from '../../protocols/clock.ts'
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
  readonly #window: RequestWindow
  readonly #watchdog: Watchdog
  #asked = false
  #stalls = 0

  constructor(sink: SinkEnd, peer: PeerId, init: DownloadSourceInit) {
    this.sink = sink
    this.peer = peer
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
    this.#stalls = 0
    this.#window.received()
    this.#watchdog.stop()
  }

  /** @param expecting - whether a chunk is to come */
  watch(expecting: boolean): void {
    if (expecting) {
      this.#watchdog.start()
    } else {
      this.#watchdog.stop()
    }
  }

  stop(): void {
    this.#watchdog.stop()
  }
}
