import { MAX_PARALLEL_RECEIVES, MAX_PEER_SHARE, MIN_RECEIVE_RATE } from './constants.ts'
import type { Download } from './download.ts'
import type { ModelStore } from './model-store.ts'
import type { PeerId } from '@libp2p/interface'

export interface ReceiveRoomInit {
  /** @default 16 */
  maxParallelReceives?: number
  /**
   * The part of `maxParallelReceives` and `maxStoredBytes` that models may take which one peer alone offers; one model of
   * it has a place in any case. @default 0.5
   */
  maxPeerShare?: number
  /** Bytes per second below which a model from one peer alone makes room for others. @default 65_536 */
  minReceiveRate?: number
}

/** Room for the models being received: no peer may take more than its share, and who is slow or has most makes way. */
export class ReceiveRoom {
  readonly #running: ReadonlyMap<string, Download>
  readonly #store: ModelStore
  readonly #maxCount: number
  readonly #share: number
  readonly #minRate: number

  constructor(running: ReadonlyMap<string, Download>, store: ModelStore, init: ReceiveRoomInit = {}) {
    this.#running = running
    this.#store = store
    this.#maxCount = init.maxParallelReceives ?? MAX_PARALLEL_RECEIVES
    this.#share = init.maxPeerShare ?? MAX_PEER_SHARE
    this.#minRate = init.minReceiveRate ?? MIN_RECEIVE_RATE
  }

  /**
   * Makes room for a model that a peer offers.
   *
   * @param bytes - its announced size
   * @param reserved - whether room in the store is reserved for it
   * @param end - gives a model up: `slow` when it comes too slowly, else it is the turn of others
   * @returns whether there is room
   */
  make(
    from: PeerId,
    bytes: number,
    reserved: boolean,
    end: (download: Download, slow: boolean) => void
  ): boolean {
    const own = this.#of(from)
    const count = own.length + 1
    const total = sizeOf(own) + bytes

    if (
      own.length > 0 &&
      (count > this.#maxCount * this.#share || total > this.#store.maxBytes * this.#share)
    ) {
      return false
    }

    for (;;) {
      const full = this.#running.size >= this.#maxCount

      if (!full && (reserved || this.#store.hasRoom(bytes))) {
        return true
      }

      const slow = this.#slowest()
      const last = slow ?? this.#surplus((others) => (full ? others.length > count : sizeOf(others) > total))

      if (last == null) {
        return false
      }

      end(last, slow != null)

      if (!full) {
        // those to whom it was passed on may hold it for another moment
        void this.#store.remove(last.model.id)
      }
    }
  }

  /** The models that come from the peer alone. */
  #of(peer: PeerId): Download[] {
    return [...this.#running.values()].filter(({ solePeer }) => solePeer?.equals(peer) === true)
  }

  #slowest(): Download | undefined {
    return [...this.#running.values()]
      .filter(({ solePeer, rate }) => solePeer != null && (rate ?? Infinity) < this.#minRate)
      .sort((a, b) => (a.rate ?? 0) - (b.rate ?? 0))[0]
  }

  /** Of what comes from one peer alone, where that is too much, the model of which the least has come. */
  #surplus(tooMuch: (downloads: Download[]) => boolean): Download | undefined {
    const peers = [...this.#running.values()].flatMap(({ solePeer }) => solePeer ?? [])

    return peers
      .map((peer) => this.#of(peer))
      .filter((downloads) => tooMuch(downloads))
      .flat()
      .sort((a, b) => a.model.receivedBytes - b.model.receivedBytes)[0]
  }
}

function sizeOf(downloads: Download[]): number {
  return downloads.reduce((sum, { model }) => sum + model.signed.header.encodedSize, 0)
}
