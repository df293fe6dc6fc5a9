import { PeerSet } from '@libp2p/peer-collections'
import type { ModelInfo } from './types.ts'
import type { PeerId } from '@libp2p/interface'

export interface LateNeighboursInit {
  /** Offers a model that is kept to a neighbour. */
  offer(id: string, peer: PeerId): void
  /** Whether every node passes the model on. */
  isRelayed(model: ModelInfo): boolean
}

/**
 * Sees to it that neighbours that come after a model did, or while it was
 * coming, are offered it, too.
 */
export class LateNeighbours {
  readonly #init: LateNeighboursInit
  /** The models that were sent or are coming, and who needs no further offer of them. */
  readonly #served = new Map<string, PeerSet>()
  readonly #coming = new Set<string>()

  constructor(init: LateNeighboursInit) {
    this.#init = init
  }

  /** A model begins to come; `neighbours` are offered it now. */
  begins({ id }: ModelInfo, neighbours: PeerId[]): void {
    this.#coming.add(id)
    this.#served.set(id, new PeerSet(neighbours))
  }

  /** A model is offered to the peer. */
  offered(id: string, peer: PeerId, kept: ModelInfo[]): void {
    this.#prune(kept)

    const served = this.#served.get(id) ?? new PeerSet()

    served.add(peer)
    this.#served.set(id, served)
  }

  /** A model has come; those of `neighbours` are offered it who joined meanwhile. */
  completes(model: ModelInfo, neighbours: PeerId[], kept: ModelInfo[]): void {
    this.#coming.delete(model.id)
    this.#prune(kept)

    for (const peer of neighbours) {
      this.#offer(model, peer)
    }
  }

  fails({ id }: ModelInfo): void {
    this.#coming.delete(id)
    this.#served.delete(id)
  }

  /** A peer became a neighbour; it is offered what is kept. */
  joins(peer: PeerId, kept: ModelInfo[]): void {
    this.#prune(kept)

    for (const model of kept) {
      this.#offer(model, peer)
    }
  }

  /** Should the peer come back, it may have lost what it had. */
  leaves(peer: PeerId): void {
    for (const served of this.#served.values()) {
      served.delete(peer)
    }
  }

  clear(): void {
    this.#coming.clear()
    this.#served.clear()
  }

  #offer(model: ModelInfo, peer: PeerId): void {
    const served = this.#served.get(model.id)

    // what this node made and has sent to nobody is its own affair
    if (served != null && !served.has(peer) && !model.source.equals(peer) && this.#init.isRelayed(model)) {
      this.#init.offer(model.id, peer)
    }
  }

  #prune(kept: ModelInfo[]): void {
    const ids = new Set(kept.map(({ id }) => id))

    for (const id of this.#served.keys()) {
      if (!ids.has(id) && !this.#coming.has(id)) {
        this.#served.delete(id)
      }
    }
  }
}
