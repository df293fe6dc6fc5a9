import { peerIdFromString } from '@libp2p/peer-id'
import { systemClock } from '../../protocols/clock.ts'
import { MAX_ADDRS_PER_PEER, MAX_PRESENT_PEERS, PRESENCE_TTL_MS } from './constants.ts'
import type { Clock } from '../../protocols/clock.ts'
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

interface Entry {
  /** Keyed by the multiaddr's text, in the order announced. */
  addrs: Map<string, Multiaddr>
  expiresAt: number
}

/**
 * The peers that announced themselves not long ago. An entry is gone the
 * moment its time is over: nothing sweeps, every look drops what has expired.
 * Not authenticated: anybody on the LAN can announce anything.
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

  /** Notes an announcement. Its addresses replace those of the one before. */
  seen({ id, multiaddrs }: PeerInfo): Sighting {
    this.#expire()

    const key = id.toString()
    const addrs = this.#firstDistinct(multiaddrs)
    const before = this.#entries.get(key)

    this.#entries.delete(key)
    this.#entries.set(key, { addrs, expiresAt: this.clock.now() + this.ttl })
    this.#makeRoom()

    if (before == null) {
      return 'new'
    }

    return sameKeys(before.addrs, addrs) ? 'known' : 'changed'
  }

  /** The peers that are present, the one unseen the longest first. */
  present(): PeerInfo[] {
    this.#expire()

    return [...this.#entries].map(([key, { addrs }]) => ({
      id: peerIdFromString(key),
      multiaddrs: [...addrs.values()]
    }))
  }

  /** The addresses the peer announced last; `undefined` when it is not present. */
  addrs(peer: PeerId): Multiaddr[] | undefined {
    this.#expire()

    const entry = this.#entries.get(peer.toString())

    return entry == null ? undefined : [...entry.addrs.values()]
  }

  /** Moves all times along with a clock that has leapt: nobody was gone meanwhile. */
  shift(ms: number): void {
    for (const entry of this.#entries.values()) {
      entry.expiresAt += ms
    }
  }

  clear(): void {
    this.#entries.clear()
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

  #makeRoom(): void {
    for (const key of this.#entries.keys()) {
      if (this.#entries.size <= this.maxPeers) {
        break
      }

      this.#entries.delete(key)
    }
  }
}

function sameKeys(a: Map<string, unknown>, b: Map<string, unknown>): boolean {
  return a.size === b.size && [...a.keys()].every((key) => b.has(key))
}
