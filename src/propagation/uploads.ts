import { anySignal } from 'any-signal'
import { systemClock } from '../lib/clock.ts'
import { ModelRefusedError, SilentSinkError } from '../../protocols/model/index.ts'
import { MODEL_STALL_TIMEOUT_MS } from '../../protocols/model/limits.ts'
import { MAX_PARALLEL_SENDS, MAX_SERVED_PER_PEER, SLOT_TIMEOUT_MS } from './constants.ts'
import { Slots } from './slots.ts'
import { UploadSlot } from './upload-slot.ts'
import type { Slot } from './slots.ts'
import type { StoredModel } from './stored-model.ts'
import type { Clock } from '../lib/clock.ts'
import type {
  Activity,
  ChunkSource,
  ModelProtocol,
  Reason,
  SourceEnd,
  SourceOutcome
} from '../../protocols/model/index.ts'
import type { AbortOptions, Connection, PeerId } from '@libp2p/interface'

export interface SendModelOptions extends AbortOptions {
  /** Bytes handed to the transport so far. */
  onProgress?(bytes: number): void
}

export interface UploadsInit {
  clock?: Clock
  /** Models sent at once, counted for each receiver. @default 5 */
  maxParallelSends?: number
  /** Models sent at once to one peer because it asked for them. @default 2 */
  maxServedPerPeer?: number
  /** Milliseconds that a transfer may have nothing to send before another may begin in its place. @default 1_000 */
  slotTimeout?: number
  /** Milliseconds that a chunk may take to go out before another may begin. @default 30_000 */
  stallTimeout?: number
  /** The peer took a model and then asked for nothing. */
  onStall?(peer: PeerId): void
}

interface Upload {
  model: StoredModel
  peer: PeerId
  /** Not before the stream is open. */
  end?: SourceEnd
  /** Ends it until then. */
  abort: AbortController
}

/** What peers asked for and is sent to them without having been offered. */
interface Served {
  source: ChunkSource
  peer: PeerId
  slot: UploadSlot
  release(): void
}

/** The models being sent, so many at once. */
export class Uploads {
  readonly #protocol: ModelProtocol
  readonly #init: UploadsInit
  readonly #maxParallel: number
  readonly #maxPerPeer: number
  readonly #slots: Slots
  readonly #offered = new Set<Upload>()
  readonly #served = new Set<Served>()
  #stopped = new AbortController()

  constructor(protocol: ModelProtocol, init: UploadsInit = {}) {
    const { maxParallelSends = MAX_PARALLEL_SENDS, maxServedPerPeer = MAX_SERVED_PER_PEER } = init

    this.#protocol = protocol
    this.#init = init
    this.#maxParallel = maxParallelSends
    this.#maxPerPeer = maxServedPerPeer
    this.#slots = new Slots(maxParallelSends)
  }

  /** Ends those that wait; the streams are the protocol's. */
  stop(): void {
    this.#stopped.abort(new Error('The overlay was stopped'))
    this.#stopped = new AbortController()
  }

  /** Offers a model and sends what the peer asks for; one that gets it from another gives its slot to the next. */
  async send(
    model: StoredModel,
    connection: Connection,
    options: SendModelOptions = {}
  ): Promise<SourceOutcome> {
    const release = model.retain()
    const upload: Upload = { model, peer: connection.remotePeer, abort: new AbortController() }
    const signal = anySignal([this.#stopped.signal, upload.abort.signal, options.signal])
    let slot: UploadSlot | undefined
    let sent = 0

    this.#offered.add(upload)

    try {
      const taken = this.#watched(await this.#slots.acquire(upload.peer, { signal }))

      slot = taken

      return await this.#protocol.offer(
        connection,
        model,
        {
          onAnswer: (status) => {
            if (status !== 'ACCEPT') {
              taken.leave()
            }
          },
          onActivity: (activity) => taken.follow(activity),
          onProgress: (bytes) => {
            sent += bytes
            options.onProgress?.(sent)
          }
        },
        async (end) => {
          upload.end = end

          return end.offer({ signal })
        }
      )
    } catch (err) {
      this.#charge(upload.peer, err)

      throw err
    } finally {
      this.#offered.delete(upload)
      slot?.leave()
      signal.clear()
      release()
    }
  }

  /**
   * Whether a model that a peer wants can be sent to it now; `served` ends
   * that. What peers ask for leaves a slot for what this node wants to send.
   */
  serve(peer: PeerId, model: StoredModel): boolean {
    this.#makeWay(peer)
    const active = [...this.#served].filter(({ slot }) => slot.active).length
    const mayTake = active < Math.max(1, this.#maxParallel - 1) && this.#servedTo(peer) < this.#maxPerPeer
    const taken = mayTake ? this.#slots.take(peer) : undefined

    if (taken == null) {
      return false
    }

    const slot = this.#watched(taken)
    const release = model.retain()

    this.#served.add({
      source: model,
      peer,
      slot,
      release: () => {
        slot.leave()
        release()
      }
    })

    return true
  }

  /** Who is served more at once than the peer would be, and asks for nothing, lets it go first. */
  #makeWay(peer: PeerId): void {
    const share = this.#servedTo(peer) + 1

    for (const served of this.#served) {
      if (served.slot.quiet && this.#servedTo(served.peer) > share) {
        served.slot.pause()
      }
    }
  }

  serving(peer: PeerId, source: ChunkSource, activity: Activity): void {
    this.#servedAs(peer, source)?.slot.follow(activity)
  }

  served(peer: PeerId, source: ChunkSource, error?: Error): void {
    const served = this.#servedAs(peer, source)

    if (served != null) {
      this.#served.delete(served)
      served.release()
    }

    this.#charge(peer, error)
  }

  #servedAs(peer: PeerId, source: ChunkSource): Served | undefined {
    return [...this.#served].find((served) => served.source === source && served.peer.equals(peer))
  }

  #watched(slot: Slot): UploadSlot {
    const {
      clock = systemClock,
      slotTimeout = SLOT_TIMEOUT_MS,
      stallTimeout = MODEL_STALL_TIMEOUT_MS
    } = this.#init

    return new UploadSlot(slot, { clock, slotTimeout, stallTimeout })
  }

  #charge(peer: PeerId, error: unknown): void {
    if (error instanceof SilentSinkError) {
      this.#init.onStall?.(peer)
    }
  }

  #servedTo(peer: PeerId): number {
    return [...this.#served].filter((served) => served.peer.equals(peer)).length
  }

  /** Whether the peer gets chunks of the model from this node. */
  isServed(peer: PeerId, id: string): boolean {
    return (
      [...this.#offered].some(
        (upload) => upload.model.id === id && upload.end?.asked === true && upload.peer.equals(peer)
      ) || [...this.#served].some(({ source, peer: other }) => source.signed.id === id && other.equals(peer))
    )
  }

  /** Whether the model is being offered or sent to the peer. */
  isOffered(peer: PeerId, id: string): boolean {
    return [...this.#offered].some((upload) => upload.model.id === id && upload.peer.equals(peer))
  }

  /** Tells those to whom a model was offered that no more of it comes. */
  cancel(id: string, reason: Reason): void {
    for (const { model, end, abort } of this.#offered) {
      if (model.id === id) {
        if (end == null) {
          abort.abort(new ModelRefusedError(reason, `The model was not offered (${reason})`))
        } else {
          end.cancel(reason)
        }
      }
    }
  }
}
