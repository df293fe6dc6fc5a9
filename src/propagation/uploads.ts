import { anySignal } from 'any-signal'
import { ModelRefusedError } from '../../protocols/model/index.ts'
import { MAX_PARALLEL_SENDS, MAX_SERVED_PER_PEER } from './constants.ts'
import { Slots } from './slots.ts'
import type { StoredModel } from './stored-model.ts'
import type {
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
  /** Models sent at once, counted for each receiver. @default 5 */
  maxParallelSends?: number
  /** Models sent at once to one peer because it asked for them. @default 2 */
  maxServedPerPeer?: number
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
  release(): void
}

/** The models being sent, so many at once. */
export class Uploads {
  readonly #protocol: ModelProtocol
  readonly #maxParallel: number
  readonly #maxPerPeer: number
  readonly #slots: Slots
  readonly #offered = new Set<Upload>()
  readonly #served = new Set<Served>()
  #stopped = new AbortController()

  constructor(
    protocol: ModelProtocol,
    { maxParallelSends = MAX_PARALLEL_SENDS, maxServedPerPeer = MAX_SERVED_PER_PEER }: UploadsInit = {}
  ) {
    this.#protocol = protocol
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
    let leaveSlot: (() => void) | undefined
    let sent = 0

    this.#offered.add(upload)

    try {
      leaveSlot = await this.#slots.acquire({ signal })

      return await this.#protocol.offer(
        connection,
        model,
        {
          onAnswer: (status) => {
            if (status !== 'ACCEPT') {
              leaveSlot?.()
            }
          },
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
    } finally {
      this.#offered.delete(upload)
      leaveSlot?.()
      signal.clear()
      release()
    }
  }

  /**
   * Whether a model that a peer wants can be sent to it now; `served` ends
   * that. What peers ask for leaves a slot for what this node wants to send.
   */
  serve(peer: PeerId, model: StoredModel): boolean {
    const mayTake =
      this.#served.size < Math.max(1, this.#maxParallel - 1) && this.#servedTo(peer) < this.#maxPerPeer
    const leaveSlot = mayTake ? this.#slots.take() : undefined

    if (leaveSlot == null) {
      return false
    }

    const release = model.retain()

    this.#served.add({
      source: model,
      peer,
      release: () => {
        leaveSlot()
        release()
      }
    })

    return true
  }

  served(peer: PeerId, source: ChunkSource): void {
    for (const served of this.#served) {
      if (served.source === source && served.peer.equals(peer)) {
        this.#served.delete(served)
        served.release()

        return
      }
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
