import { PeerSet } from '@libp2p/peer-collections'
import { Watchdog } from '../lib/watchdog.ts'
import { systemClock } from '../lib/clock.ts'
import { MODEL_REQUEST_WINDOW_BYTES, MODEL_STALL_TIMEOUT_MS } from '../../protocols/model/limits.ts'
import { ModelRefusedError } from '../../protocols/model/index.ts'
import { MAX_PARALLEL_SOURCES, MAX_SOURCES, MAX_STALL_TIMEOUTS, RATE_STALL_TIMEOUTS } from './constants.ts'
import { DownloadSource } from './download-source.ts'
import { DiskFullError, ModelTransferError } from './errors.ts'
import { ReceiveRate } from './receive-rate.ts'
import { Requests } from './requests.ts'
import { toError } from '../lib/to-error.ts'
import type { Clock, Timer } from '../lib/clock.ts'
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
  readonly #requests: Requests
  readonly #sources = new Set<DownloadSource>()
  readonly #withdrawn = new PeerSet()
  /** Sources that were given up because they did not go on. */
  readonly #dismissed = new Set<DownloadSource>()
  readonly #rate: ReceiveRate
  /** Runs since the last chunk, whoever is asked meanwhile. */
  readonly #patience: Watchdog
  readonly #result = Promise.withResolvers<void>()
  readonly #release: () => void
  #orphanTimer?: Timer
  #lastPeer?: PeerId
  #lastError?: Error
  #over = false
  #abandoned = false

  constructor(model: StoredModel, init: DownloadInit = {}) {
    this.model = model
    this.completed = this.#result.promise
    this.completed.catch(() => {})
    this.#init = init
    this.#clock = init.clock ?? systemClock
    this.#stallTimeout = init.stallTimeout ?? MODEL_STALL_TIMEOUT_MS
    this.#requestWindow = init.requestWindow ?? MODEL_REQUEST_WINDOW_BYTES
    this.#maxSources = init.maxSources ?? MAX_SOURCES
    this.#requests = new Requests(this.#sources, model.missing(), {
      clock: this.#clock,
      stallTimeout: this.#stallTimeout,
      maxParallel: init.maxParallelSources ?? MAX_PARALLEL_SOURCES,
      isServed: init.isServed,
      onLag: () => this.#balance()
    })
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

  /** Whether it was given up because nobody had what lacked. */
  get abandoned(): boolean {
    return this.#abandoned
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
      this.#lastError = toError(err)

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
    this.#requests.received(index)
    this.#balance()

    try {
      await this.model.write(index, data)
    } catch (err) {
      const error = toError(err)

      this.cancel(error instanceof DiskFullError ? 'NO_SPACE' : 'FAILED', error)

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

    this.#watchOrphan(this.#requests.balance())
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

  /** With another source this one is given up; without one it is given its time once more. */
  #onStall(source: DownloadSource): void {
    const others = this.#requests.reserve().some((other) => other !== source)

    this.#charge(source)

    if (others || source.stalls > 1) {
      this.#lastError = new ModelTransferError(`${source.peer} did not go on`)
      source.sink.cancel('STALLED')
      this.#dismissed.add(source)
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

    this.#requests.lost(source)
    this.#balance()
  }

  #onAbandoned(why: string): void {
    this.#abandoned = true
    // nobody made up for them
    this.#dismissed.forEach((source) => this.#charge(source))
    this.cancel('FAILED', new ModelTransferError(why, { cause: this.#lastError }))
  }

  #end(): void {
    this.#over = true
    this.#orphanTimer?.clear()
    this.#requests.stop()
    this.#patience.stop()
    this.#release()

    for (const source of this.#sources) {
      source.stop()
    }
  }
}
