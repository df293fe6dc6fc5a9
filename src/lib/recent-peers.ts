import { PeerMap } from '@libp2p/peer-collections'
import type { PeerId } from '@libp2p/interface'

/** What is kept of a bounded number of peers: the one that was set the longest ago makes room. */
export class RecentPeers<T> {
  readonly #max: number
  readonly #peers = new PeerMap<T>()

  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.#peers.size
  }

  has(peer: PeerId): boolean {
    return this.#peers.has(peer)
  }

  set(peer: PeerId, value: T): void {
    this.#peers.delete(peer)
    this.#peers.set(peer, value)

    if (this.#peers.size > this.#max) {
      const [oldest] = this.#peers.keys()

      this.delete(oldest ?? peer)
    }
  }

  /** Returns what is kept of the peer, and keeps it no longer. */
  take(peer: PeerId): T | undefined {
    const value = this.#peers.get(peer)

    this.delete(peer)

    return value
  }

  delete(peer: PeerId): void {
    this.#peers.delete(peer)
  }

  clear(): void {
    this.#peers.clear()
  }
}
