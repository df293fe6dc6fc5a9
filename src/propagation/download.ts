import { PeerSet } from '@libp2p/peer-collections'
import { Watchdog } from '../../protocols/watchdog.ts'
import { systemClock } from '../../protocols/clock.ts'
import { MODEL_REQUEST_WINDOW_BYTES, MODEL_STALL_TIMEOUT_MS } from '../../protocols/model/limits.ts'
import { ModelRefusedError } from '../../protocols/model/index.ts'
import { MAX_PARALLEL_SOURCES, MAX_SOURCES, MAX_STALL_TIMEOUTS, RATE_STALL_TIMEOUTS } from './constants.ts'
import { ChunkSchedule } from './chunk-schedule.ts'
import { DownloadSource } from './download-source.ts'
import { ModelTransferError } from './errors.ts'
import { Laggards } from './laggards.ts'
import { ReceiveRate } from './receive-rate.ts'
import type { Clock, Timer } from '../../protocols/clock.ts'
import type { Reason, SinkEnd } from '../../protocols/model/index.ts'
import type { StoredModel } from './stored-model.ts'
import type { PeerId } from '@libp2p/interface'

export interface DownloadInit {
  clock?: Clock
  /** Milliseconds without a chunk from a source, and without any source. @default 30_000 */
  stallTimeout?: number
  /** Bytes asked of one source and not yet got, at most; how many follows from the way to it. @default 4 MiB */
  requestWindow?: number
  /** @default 8 */
  maxSources?: number
  /** @default 3 */
  maxParallelSources?: number
  /** Whether the peer gets chunks of this model from this node: it would wait for what it has to give. */
  isServed?(peer: PeerId): boolean
  /** A source that has all, or made the model, did not go on. */
  onStall?(peer: PeerId): void
  /** There is no source left; new ones may come until the stall timeout. */
  onOrphan?(): void
  /** There is a source again. */
  onRecovered?(): void
  /** So many bytes of a chunk came from the peer. */
  onReceived?(peer: PeerId, bytes: number): void
  /** Bytes of the encoded payload that are there. */
  onProgress?(bytes: number): void
}

/** A model that is being received, from as many sources as offer it. */
export class Download {
  readonly model: StoredModel
  /** Resolves when the model is whole. */
  readonly completed: Promise<void>
  readonly #init: DownloadInit
  readonly #clock: Clock
  readonly #stallTimeout: number
  readonly #requestWindow: number
  readonly #maxSources: number
  readonly #maxParallel: number
  readonly #schedule: ChunkSchedule<DownloadSource>
  readonly #sources = new Set<DownloadSource>()
  readonly #withdrawn = new PeerSet()
  readonly #laggards: Laggards
  readonly #rate: ReceiveRate
  /** Runs since the last chunk, whoever is asked meanwhile. */
  readonly #patience: Watchdog
  readonly #result = Promise.withResolvers<void>()
  readonly #release: () => void
  #orphanTimer?: Timer
  #lastPeer?: PeerId
  #lastError?: Error
  #over = false

  constructor(model: StoredModel, init: DownloadInit = {}) {
    this.model = model
    this.completed = this.#result.promise
    this.completed.catch(() => {})
    this.#init = init
    this.#clock = init.clock ?? systemClock
    this.#stallTimeout = init.stallTimeout ?? MODEL_STALL_TIMEOUT_MS
    this.#requestWindow = init.requestWindow ?? MODEL_REQUEST_WINDOW_BYTES
    this.#maxSources = init.maxSources ?? MAX_SOURCES
    this.#maxParallel = init.maxParallelSources ?? MAX_PARALLEL_SOURCES
    this.#schedule = new ChunkSchedule(model.missing())
    this.#laggards = new Laggards(this.#clock, this.#stallTimeout, () => this.#balance())
    this.#rate = new ReceiveRate(this.#clock, RATE_STALL_TIMEOUTS * this.#stallTimeout)
    this.#patience = new Watchdog(this.#clock, MAX_STALL_TIMEOUTS * this.#stallTimeout, () =>
      this.#onAbandoned('No source goes on')
    )
    this.#patience.start()
    this.#release = model.retain()
  }

  get over(): boolean {
    return this.#over
  }

  /** The peer from whom alone the model comes; the last one when there is none. */
  get solePeer(): PeerId | undefined {
    const peers = new PeerSet([...this.#sources].map(({ peer }) => peer))

    return peers.size > 1 ? undefined : ([...peers][0] ?? this.#lastPeer)
  }

  /** Bytes per second of late; nothing can be said of a model that has just begun. */
  get rate(): number | undefined {
    return this.#rate.average
  }

  /** Whether there is no point in asking the peer: its stream is open, asked or in reserve, or it has withdrawn the model. */
  knows(peer: PeerId): boolean {
    return this.#withdrawn.has(peer) || [...this.#sources].some((source) => source.peer.equals(peer))
  }

  /**
   * Takes part in the download with one source until its stream is over.
   *
   * @throws {InvalidChunkError | ModelProtocolError} when the source broke the protocol
   * @throws {ModelRefusedError | Error} when the source gave up or was lost
   */
  async run(sink: SinkEnd, peer: PeerId): Promise<void> {
    if (this.#over || this.#sources.size >= this.#maxSources) {
      await sink.decline()

      return
    }

    const source = new DownloadSource(sink, peer, {
      clock: this.#clock,
      stallTimeout: this.#stallTimeout,
      requestWindow: this.#requestWindow,
      onStall: () => this.#onStall(source)
    })

    this.#lastPeer = peer
    this.#sources.add(source)
    this.#balance()

    if (!source.asked) {
      sink.reserve()
    }

    // nothing lacks when the model has no chunk
    this.#finishIfDone()

    try {
      await sink.run({
        onChunk: async (index, data) => {
          await this.#keep(source, index, data)
        },
        onComplete: () => this.#balance()
      })
    } catch (err) {
      this.#lastError = err instanceof Error ? err : new Error(String(err))

      if (err instanceof ModelRefusedError && err.reason === 'CANCELLED') {
        this.#withdrawn.add(peer)
      }

      throw err
    } finally {
      this.#leave(source)
    }
  }

  /** Gives up; every source is told. What has come stays in the store. */
  cancel(reason: Reason, error: Error): void {
    if (!this.#over) {
      this.#end()
      this.#result.reject(error)

      for (const { sink } of this.#sources) {
        sink.cancel(reason)
      }
    }
  }

  /** Gives up because it comes too slowly, which is the fault of those who could do better. */
  giveUpSlow(error: Error): void {
    if (!this.#over) {
      this.#sources.forEach((source) => this.#charge(source))
      this.cancel('STALLED', error)
    }
  }

  async #keep(
    source: DownloadSource,
    index: number,
    data: Parameters<StoredModel['write']>[1]
  ): Promise<void> {
    source.progressed()
    this.#patience.restart()
    this.#rate.received(data.byteLength)
    this.#init.onReceived?.(source.peer, data.byteLength)
    this.#schedule.received(index)
    this.#balance()

    try {
      await this.model.write(index, data)
    } catch (err) {
      const error = err instanceof Error ? err : new Error(String(err))

      this.cancel('FAILED', error)

      throw error
    }

    this.#init.onProgress?.(this.model.receivedBytes)
    this.#finishIfDone()
  }

  #finishIfDone(): void {
    if (!this.#over && this.model.complete) {
      this.#end()
      this.#result.resolve()

      for (const { sink } of this.#sources) {
        sink.finish()
      }
    }
  }

  /** Keeps the asked sources busy, and asks others while there are chunks for them. */
  #balance(): void {
    if (this.#over) {
      return
    }

    const asked = [...this.#sources].filter((source) => this.#schedule.outstanding(source) > 0)

    const mayLag = [...this.#sources].every(({ sink }) => !sink.complete || sink.left)

    for (const source of asked) {
      // what a source that does not have all may never get is not asked of it when another has it
      if (mayLag || source.sink.complete) {
        this.#fill(source)
      }
    }

    const keepUp = asked.filter((source) => !this.#laggards.isBehind(source, this.#sources))

    for (const source of this.#reserve()) {
      // a source that does not have all could only be as far as this node is
      const useful = asked.length === 0 || (source.sink.complete && keepUp.length < this.#maxParallel)

      if (useful && this.#fill(source)) {
        asked.push(source)
        keepUp.push(source)
      }
    }

    this.#askAgain(asked.filter((source) => !keepUp.includes(source)))

    for (const source of this.#sources) {
      const expecting = this.#schedule.outstanding(source) > 0

      source.watch(expecting)

      // or it would hold a place for what it is not asked for
      if (!expecting && !this.#schedule.done) {
        source.sink.reserve()
      }
    }

    if (this.#reserve().some(({ sink }) => sink.complete)) {
      this.#laggards.watch(asked, this.#sources)
    } else {
      this.#laggards.stop()
    }

    this.#watchOrphan(asked.length === 0 && !this.#schedule.done)
  }

  /** When all is asked for, those that have all and nothing to send are asked for what others are slow with, too. */
  #askAgain(slow: DownloadSource[]): void {
    const idle = slow.length > 0 && this.#schedule.free === 0 ? this.#reserve() : []

    for (const source of idle.filter(({ sink }) => sink.complete)) {
      for (const other of slow) {
        const room = source.window - this.#schedule.outstanding(source)
        const chunks = this.#schedule.behind(other, room, (index) => source.sink.mayAsk(index))

        if (chunks.length > 0) {
          this.#schedule.asked(source, chunks.slice(0, source.request(chunks)))
        }
      }
    }
  }

  /** Nobody is there to be asked for what lacks. */
  #watchOrphan(orphan: boolean): void {
    if (!orphan && this.#orphanTimer != null) {
      this.#orphanTimer.clear()
      this.#orphanTimer = undefined
      this.#init.onRecovered?.()
    } else if (orphan && this.#orphanTimer == null) {
      this.#orphanTimer = this.#clock.setTimeout(
        () => this.#onAbandoned('Every source was lost'),
        this.#stallTimeout
      )
      this.#init.onOrphan?.()
    }
  }

  /** Those that can be asked, the best first. */
  #reserve(): DownloadSource[] {
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

    const chunks = this.#schedule.next(source.window - outstanding, (index) => source.sink.mayAsk(index))

    if (chunks.length === 0) {
      return false
    }

    this.#schedule.asked(source, chunks.slice(0, source.request(chunks)))

    return true
  }

  /** With another source this one is given up; without one it is given its time once more. */
  #onStall(source: DownloadSource): void {
    const others = this.#reserve().some((other) => other !== source)

    this.#charge(source)

    if (others || source.stalls > 1) {
      this.#lastError = new ModelTransferError(`${source.peer} did not go on`)
      source.sink.cancel('STALLED')
      this.#leave(source)
    } else {
      source.watch(true)
    }
  }

  /** Who passes a model on waits for its own source as this node does, and is not to blame. */
  #charge({ sink, peer }: DownloadSource): void {
    if (sink.complete || peer.equals(this.model.signed.header.origin)) {
      this.#init.onStall?.(peer)
    }
  }

  #leave(source: DownloadSource): void {
    source.stop()

    if (!this.#sources.delete(source)) {
      return
    }

    this.#schedule.lost(source)
    this.#balance()
  }

  #onAbandoned(why: string): void {
    this.cancel('FAILED', new ModelTransferError(why, { cause: this.#lastError }))
  }

  #end(): void {
    this.#over = true
    this.#orphanTimer?.clear()
    this.#laggards.stop()
    this.#patience.stop()
    this.#release()

    for (const source of this.#sources) {
      source.stop()
    }
  }
}
