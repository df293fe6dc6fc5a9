import { InvalidParametersError, isPeerId } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { systemClock } from '../lib/clock.ts'
import { PersistedMap } from '../lib/persisted-map.ts'
import { BlockedAddresses } from './blocked-addresses.ts'
import {
  BLACKLIST_TTL_MS,
  MAX_REASON_LENGTH,
  MAX_RESTRICTIONS,
  RECENTLY_DISCONNECTED_TTL_MS
} from './constants.ts'
import { id, parseEntry, PREFIX } from './restriction-entry.ts'
import type { BlockedAddressesInit } from './blocked-addresses.ts'
import type { RestrictionInfo } from '../interface.ts'
import type { Entry } from './restriction-entry.ts'
import type { PersistedMapComponents } from '../lib/persisted-map.ts'
import type { PeerId, Startable } from '@libp2p/interface'

export type RestrictionKind = RestrictionInfo['kind']

export type RestrictionsComponents = PersistedMapComponents

export interface RestrictionsInit extends BlockedAddressesInit {
  /** Milliseconds. @default 60_000 */
  recentlyDisconnectedTtl?: number
  /** @default 10_000 */
  maxEntries?: number
}

/** @throws {InvalidParametersError} when it is no PeerId */
export function checkPeer(peer: unknown): void {
  if (!isPeerId(peer)) {
    throw new InvalidParametersError('Expected a PeerId')
  }
}

/**
 * An entry that never ends could not be kept.
 *
 * @throws {InvalidParametersError} when a restriction cannot hold for so many milliseconds
 */
export function checkTtl(ttl: number | undefined): void {
  if (ttl != null && !(Number.isFinite(ttl) && ttl > 0)) {
    throw new InvalidParametersError(`ttl must be a number of milliseconds above 0, not ${ttl}`)
  }
}

/**
 * The blacklist and the recently disconnected peers, by PeerId. An entry holds
 * until the tick it expires at, and a clock that leaps ends none; it is kept in
 * the datastore, so that a restart forgives nobody.
 */
export class Restrictions implements Startable {
  /** The same for IP addresses. */
  readonly addresses: BlockedAddresses
  readonly #ttl: Record<RestrictionKind, number>
  readonly #entries: PersistedMap<Entry>

  constructor(components: RestrictionsComponents, init: RestrictionsInit = {}) {
    this.#ttl = {
      blacklisted: init.blacklistTtl ?? BLACKLIST_TTL_MS,
      'recently-disconnected': init.recentlyDisconnectedTtl ?? RECENTLY_DISCONNECTED_TTL_MS
    }
    this.#entries = new PersistedMap(components, {
      name: 'nebula:restrictions',
      clock: init.clock ?? systemClock,
      max: init.maxEntries ?? MAX_RESTRICTIONS,
      prefix: PREFIX,
      ttl: (entry) => entry.ttl ?? this.#ttl[entry.kind],
      encode: (_key, entry) => entry,
      decode: (stored) => {
        const entry = parseEntry(stored)

        return entry == null ? undefined : { key: id(entry), entry }
      }
    })
    this.addresses = new BlockedAddresses(components, init)
  }

  /**
   * Reads what an earlier run has kept; to be called before a connection can come in.
   *
   * @throws what the datastore throws: a node that cannot know whom it shut out does not start
   */
  async start(): Promise<void> {
    await this.addresses.start()
    await this.#entries.start()
  }

  /** Resolves when all is written. The entries stay in force: connections may outlast the overlay. */
  async stop(): Promise<void> {
    await Promise.all([this.#entries.stop(), this.addresses.stop()])
  }

  /** Milliseconds for which an entry of the kind holds. */
  ttl(kind: RestrictionKind): number {
    return this.#ttl[kind]
  }

  isBlacklisted(peer: PeerId): boolean {
    return this.#holds('blacklisted', peer)
  }

  isRecentlyDisconnected(peer: PeerId): boolean {
    return this.#holds('recently-disconnected', peer)
  }

  /**
   * Restricts the peer from now on; an entry there is begins anew, but without
   * `ttl` one that holds for longer stays as it is. The peer is shut out when
   * this is called, the promise is for the datastore.
   *
   * @param reason - of which the first 256 characters are kept
   * @param ttl - milliseconds, if not as long as the kind always
   * @returns when the entry expires, in milliseconds since the Unix epoch
   */
  async add(kind: RestrictionKind, peer: PeerId, reason: string, ttl?: number): Promise<number> {
    const entry: Entry = {
      kind,
      peer: peer.toString(),
      reason: reason.slice(0, MAX_REASON_LENGTH),
      expiresAt: this.#entries.now() + (ttl ?? this.#ttl[kind]),
      ttl
    }
    const { expiresAt } = await this.#entries.set(id(entry), entry, { extend: ttl == null })

    return expiresAt
  }

  async remove(kind: RestrictionKind, peer: PeerId): Promise<void> {
    await this.#entries.delete(id({ kind, peer: peer.toString() }))
  }

  /** Lifts all, of addresses too but those of the configuration. */
  async clear(): Promise<void> {
    await Promise.all([this.addresses.clear(), this.#entries.clear()])
  }

  list(): RestrictionInfo[] {
    return Array.from(this.#entries.entries(), ([, { kind, peer, reason, expiresAt }]) => ({
      kind,
      peer: peerIdFromString(peer),
      reason,
      expiresAt
    }))
  }

  /** The peers without an entry of either kind. */
  apply(peers: Iterable<PeerId>): PeerId[] {
    return [...peers].filter((peer) => !this.isBlacklisted(peer) && !this.isRecentlyDisconnected(peer))
  }

  #holds(kind: RestrictionKind, peer: PeerId): boolean {
    return this.#entries.has(id({ kind, peer: peer.toString() }))
  }
}
