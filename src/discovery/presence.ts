import { peerIdFromString } from '@libp2p/peer-id'
import { systemClock } from '../lib/clock.ts'
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

/** One announcement: the addresses, keyed by the multiaddr's text, in their order. */
interface Announced {
  addrs: Map<string, Multiaddr>
  expiresAt: number
}

interface Entry {
  /** The last announcement of each source, the one heard last at the end. */
  sources: Map<string, Announced>
  expiresAt: number
}

/**
 * The peers that announced themselves not long ago. An entry is gone the
 * moment its time is over: nothing sweeps, every look drops what has expired.
 * Not authenticated: every machine on the LAN can announce anything.
 */
export class Presence {
  private readonly maxPeers: number
  private readonly maxAddrs: number
  private readonly ttl: number
  private readonly clock: Clock
  /** Keyed by PeerId; in the order last seen, which is also the order of expiry. */
  readonly #entries = new Map<string, Entry>()

  constructor(init: PresenceInit = {}) {
    this.maxPeers = init.maxPeers ?? MAX_PRESENT_PEERS
    this.maxAddrs = init.maxAddrs ?? MAX_ADDRS_PER_PEER
    this.ttl = init.ttl ?? PRESENCE_TTL_MS
    this.clock = init.clock ?? systemClock
  }

  /** How many peers are present. */
  get size(): number {
    this.#expire()

    return this.#entries.size
  }

  /**
   * Notes an announcement. Its addresses replace those of the one before from
   * the same source; on two LANs a peer announces two sets of addresses.
   */
  seen({ id, multiaddrs }: PeerInfo, source = ''): Sighting {
    this.#expire()

    const key = id.toString()
    const before = this.#entries.get(key)
    const known = before == null ? undefined : this.#addrsOf(before)
    const sources = before?.sources ?? new Map<string, Announced>()
    const expiresAt = this.clock.now() + this.ttl
    const entry = { sources, expiresAt }

    sources.delete(source)
    sources.set(source, { addrs: this.#firstDistinct(multiaddrs), expiresAt })
    dropFirst(sources, MAX_SOURCES_PER_PEER)
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    dropFirst(this.#entries, this.maxPeers)

    if (known == null) {
      return 'new'
    }

    return sameKeys(known, this.#addrsOf(entry)) ? 'known' : 'changed'
  }

  /** The peers that are present, the one unseen the longest first. */
  present(): PeerInfo[] {
    this.#expire()

    return [...this.#entries].map(([key, entry]) => ({
      id: peerIdFromString(key),
      multiaddrs: [...this.#addrsOf(entry).values()]
    }))
  }

  /** The addresses the peer announced last; `undefined` when it is not present. */
  addrs(peer: PeerId): Multiaddr[] | undefined {
    this.#expire()

    const entry = this.#entries.get(peer.toString())

    return entry == null ? undefined : [...this.#addrsOf(entry).values()]
  }

  /** Moves all times along with a clock that has leapt: no peer was gone meanwhile. */
  shift(ms: number): void {
    for (const entry of this.#entries.values()) {
      entry.expiresAt += ms
      entry.sources.forEach((announced) => (announced.expiresAt += ms))
    }
  }

  clear(): void {
    this.#entries.clear()
  }

  /** Those of all sources, the first of each first, so that the bound cuts none off altogether. */
  #addrsOf({ sources }: Entry): Map<string, Multiaddr> {
    const now = this.clock.now()
    const lists = [...sources.values()]
      .filter(({ expiresAt }) => expiresAt > now)
      .map(({ addrs }) => [...addrs.values()])
    const longest = Math.max(0, ...lists.map((list) => list.length))

    return this.#firstDistinct(
      Array.from({ length: longest }, (_, i) => lists.flatMap((list) => list[i] ?? [])).flat()
    )
  }

  #firstDistinct(multiaddrs: Multiaddr[]): Map<string, Multiaddr> {
    const addrs = new Map<string, Multiaddr>()

    for (const addr of multiaddrs) {
      if (addrs.size >= this.maxAddrs) {
        break
      }

      addrs.set(addr.toString(), addr)
    }

    return addrs
  }

  #expire(): void {
    const now = this.clock.now()

    for (const [key, { expiresAt }] of this.#entries) {
      if (expiresAt > now) {
        break
      }

      this.#entries.delete(key)
    }
  }
}

/** Drops the entries that came first, until there are no more than `max`. */
function dropFirst(entries: Map<string, unknown>, max: number): void {
  for (const key of entries.keys()) {
    if (entries.size <= max) {
      break
    }

    entries.delete(key)
  }
}

function sameKeys(a: Map<string, unknown>, b: Map<string, unknown>): boolean {
  return a.size === b.size && [...a.keys()].every((key) => b.has(key))
}
