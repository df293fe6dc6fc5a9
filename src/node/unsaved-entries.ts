/** What makes room first comes first; `kept` never does. */
const RANKS = ['peer', 'other', 'kept'] as const

export type Rank = (typeof RANKS)[number]

/** Who is shut out, and numbers that must grow: losing one of these lets a peer in, or has messages dropped as replays. */
const KEPT = [
  '/nebula/restrictions/blacklisted/',
  '/nebula/blocked-addresses/',
  '/nebula/attempt-number',
  '/nebula/message-number',
  '/nebula/model-number'
]

/** libp2p's peer store. Any stranger can add to it, and what it has is learnt anew. */
const PEERS = '/peers/'

/** The rank of a key of the node's store. */
export function rankOf(key: string): Rank {
  if (KEPT.some((prefix) => key.startsWith(prefix))) {
    return 'kept'
  }

  return key.startsWith(PEERS) ? 'peer' : 'other'
}

/**
 * Changes that are in memory only, by key; null for what is deleted. Those that
 * may be dropped are bounded in number; who writes the others bounds them.
 */
export class UnsavedEntries {
  readonly #max: number
  /** The oldest first. */
  readonly #byRank: Record<Rank, Map<string, Uint8Array | null>> = {
    peer: new Map(),
    other: new Map(),
    kept: new Map()
  }

  /** @param max - entries that may be dropped */
  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return RANKS.reduce((sum, rank) => sum + this.#byRank[rank].size, 0)
  }

  get(key: string): Uint8Array | null | undefined {
    return this.#byRank[rankOf(key)].get(key)
  }

  /** Becomes the newest. */
  set(key: string, value: Uint8Array | null): void {
    const entries = this.#byRank[rankOf(key)]

    entries.delete(key)
    entries.set(key, value)
  }

  delete(key: string): void {
    this.#byRank[rankOf(key)].delete(key)
  }

  *[Symbol.iterator](): Generator<[string, Uint8Array | null], void, undefined> {
    for (const rank of RANKS) {
      yield* this.#byRank[rank]
    }
  }

  /** Drops what is above the bound, peers first and the oldest of each rank first; returns how many entries. */
  makeRoom(): number {
    const { peer, other } = this.#byRank
    const surplus = Math.max(0, peer.size + other.size - this.#max)
    let left = surplus

    for (const entries of [peer, other]) {
      for (const key of left > 0 ? entries.keys() : []) {
        if (left === 0) {
          break
        }

        entries.delete(key)
        left--
      }
    }

    return surplus
  }
}
