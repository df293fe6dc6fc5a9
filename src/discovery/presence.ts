import { peerIdFromString } from '@libp2p/peer-id'
import { BoundedMap } from '../lib/bounded-map.ts'
import { MAX_ADDRS_PER_PEER, MAX_PRESENT_PEERS, MAX_SOURCES_PER_PEER, PRESENCE_TTL_MS } from './constants.ts'
import type { Clock } from '../lib/clock.ts'
import type { PeerId, PeerInfo } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

export interface PresenceInit {
  /** @default MAX_PRESENT_PEERS */
  maxPeers?: number
  /** @default MAX_ADDRS_PER_PEER */
  maxAddrs?: number
  /** Milliseconds. @default PRESENCE_TTL_MS */
  ttl?: number
  clock?: Clock
}

/** What an announcement changed; `changed` means that the peer's addresses are not those it had. */
export type Sighting = 'new' | 'known' | 'changed'

/** The addresses of the last announcement of each source, keyed by the multiaddr's text, in their order. */
type Sources = BoundedMap<string, Map<string, Multiaddr>>

/**
 * The peers that announced themselves not long ago. An entry is gone the
 * moment its time is over: nothing sweeps, every look drops what has expired.
 * Not authenticated: every machine on the LAN can announce anything.
 */
export class Presence {
  readonly #init: PresenceInit
  readonly #ttl: number
  /** Keyed by PeerId. */
  readonly #peers: BoundedMap<string, Sources>

  constructor(init: PresenceInit = {}) {
    this.#init = init
    this.#ttl = init.ttl ?? PRESENCE_TTL_MS
    this.#peers = new BoundedMap({
      max: init.maxPeers ?? MAX_PRESENT_PEERS,
      ttl: this.#ttl,
      clock: init.clock
    })
  }

  /** How many peers are present. */
  get size(): number {
    return this.#peers.size
  }

  /**
   * Notes an announcement. Its addresses replace those of the one before from
   * the same source; on two LANs a peer announces two sets of addresses.
   */
  seen({ id, multiaddrs }: PeerInfo, source = ''): Sighting {
    const key = id.toString()
    const before = this.#peers.get(key)
    const known = before == null ? undefined : this.#addrsOf(before)
    const sources = before ?? this.#noSources()

    sources.set(source, this.#firstDistinct(multiaddrs))
    this.#peers.set(key, sources)

    if (known == null) {
      return 'new'
    }

    return sameKeys(known, this.#addrsOf(sources)) ? 'known' : 'changed'
  }

  /** The peers that are present, the one unseen the longest first. */
  present(): PeerInfo[] {
    return Array.from(this.#peers.entries(), ([key, sources]) => ({
      id: peerIdFromString(key),
      multiaddrs: [...this.#addrsOf(sources).values()]
    }))
  }

  /** The addresses the peer announced last; `undefined` when it is not present. */
  addrs(peer: PeerId): Multiaddr[] | undefined {
    const sources = this.#peers.get(peer.toString())

    return sources == null ? undefined : [...this.#addrsOf(sources).values()]
  }

  /** Moves all times along with a clock that has leapt: no peer was gone meanwhile. */
  shift(ms: number): void {
    this.#peers.shift(ms)

    for (const sources of this.#peers.values()) {
      sources.shift(ms)
    }
  }

  clear(): void {
    this.#peers.clear()
  }

  #noSources(): Sources {
    return new BoundedMap({ max: MAX_SOURCES_PER_PEER, ttl: this.#ttl, clock: this.#init.clock })
  }

  /** Those of all sources, the first of each first, so that the bound cuts none off altogether. */
  #addrsOf(sources: Sources): Map<string, Multiaddr> {
    const lists = Array.from(sources.values(), (addrs) => [...addrs.values()])
    const longest = Math.max(0, ...lists.map((list) => list.length))

    return this.#firstDistinct(
      Array.from({ length: longest }, (_, i) => lists.flatMap((list) => list[i] ?? [])).flat()
    )
  }

  #firstDistinct(multiaddrs: Multiaddr[]): Map<string, Multiaddr> {
    const max = this.#init.maxAddrs ?? MAX_ADDRS_PER_PEER
    const addrs = new Map<string, Multiaddr>()

    for (const addr of multiaddrs) {
      if (addrs.size >= max) {
        break
      }

      addrs.set(addr.toString(), addr)
    }

    return addrs
  }
}

function sameKeys(a: Map<string, unknown>, b: Map<string, unknown>): boolean {
  return a.size === b.size && [...a.keys()].every((key) => b.has(key))
}
