import { PeerMap } from '@libp2p/peer-collections'
import { compare as uint8ArrayCompare } from 'uint8arrays/compare'
import { Pair } from './pair.ts'
import type { PairListener } from './pair.ts'
import type { PeerId } from '@libp2p/interface'

/** The peers that something is shared with: a link, or an attempt under way. */
export class PairTable implements Iterable<Pair> {
  readonly #self: PeerId
  readonly #listener: PairListener
  readonly #pairs = new PeerMap<Pair>()

  constructor(self: PeerId, listener: PairListener) {
    this.#self = self
    this.#listener = listener
  }

  get(peer: PeerId): Pair | undefined {
    return this.#pairs.get(peer)
  }

  /** The pair with the peer, made when there is none; to be released when it may be empty again. */
  obtain(peer: PeerId): Pair {
    let pair = this.#pairs.get(peer)

    if (pair == null) {
      const lower = uint8ArrayCompare(this.#self.toMultihash().bytes, peer.toMultihash().bytes) < 0

      pair = new Pair(peer, lower, this.#listener)
      this.#pairs.set(peer, pair)
    }

    return pair
  }

  /** Forgets a pair that nothing is shared with any more. */
  release(pair: Pair): void {
    if (pair.empty && this.#pairs.get(pair.peer) === pair) {
      this.#pairs.delete(pair.peer)
    }
  }

  /** How many other peers have a link or an attempt of this node. */
  others(peer: PeerId): number {
    const own = this.#pairs.get(peer)
    let others = 0

    for (const pair of this.#pairs.values()) {
      others += pair !== own && !pair.empty ? 1 : 0
    }

    return others
  }

  [Symbol.iterator](): Iterator<Pair> {
    return this.#pairs.values()
  }
}
