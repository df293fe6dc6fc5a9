import { peerIdFromString } from '@libp2p/peer-id'
import { fromString as uint8ArrayFromString } from 'uint8arrays/from-string'
import { systemClock } from '../lib/clock.ts'
import { BlockedAddresses } from './blocked-addresses.ts'
import {
  BLACKLIST_TTL_MS,
  MAX_REASON_LENGTH,
  MAX_RESTRICTIONS,
  RECENTLY_DISCONNECTED_TTL_MS
} from './constants.ts'
import { Expiry } from './expiry.ts'
import { id, keyOf, parseEntry, PREFIX } from './restriction-entry.ts'
import type { BlockedAddressesInit } from './blocked-addresses.ts'
import type { RestrictionInfo } from '../interface.ts'
import type { Entry } from './restriction-entry.ts'
import type { ComponentLogger, Logger, PeerId, Startable } from '@libp2p/interface'
import type { Datastore, Key } from 'interface-datastore'

export type RestrictionKind = RestrictionInfo['kind']

export interface RestrictionsComponents {
  datastore: Datastore
  logger: ComponentLogger
}

export interface RestrictionsInit extends BlockedAddressesInit {
  /** Milliseconds. @default 60_000 */
  recentlyDisconnectedTtl?: number
  /** @default 10_000 */
  maxEntries?: number
}

/**
 * The blacklist and the recently disconnected peers, by PeerId. An entry holds
 * until the tick it expires at, and a clock that leaps ends none; it is kept in
 * the datastore, so that a restart forgives nobody.
 */
export class Restrictions implements Startable {
  /** The same for IP addresses. */
  readonly addresses: BlockedAddresses
  readonly #datastore: Datastore
  readonly #log: Logger
  readonly #ttl: Record<RestrictionKind, number>
  readonly #maxEntries: number
  readonly #entries = new Map<string, Entry>()
  readonly #expiry: Expiry<Entry>
  #loaded?: Promise<void>
  /** Writes follow one another, so that the datastore ends as memory does. */
  #writes: Promise<void> = Promise.resolve()

  constructor(components: RestrictionsComponents, init: RestrictionsInit = {}) {
    this.#datastore = components.datastore
    this.#log = components.logger.forComponent('nebula:restrictions')
    this.#ttl = {
      blacklisted: init.blacklistTtl ?? BLACKLIST_TTL_MS,
      'recently-disconnected': init.recentlyDisconnectedTtl ?? RECENTLY_DISCONNECTED_TTL_MS
    }
    this.#maxEntries = init.maxEntries ?? MAX_RESTRICTIONS
    this.#expiry = new Expiry({
      clock: init.clock ?? systemClock,
      entries: this.#entries,
      ttl: (entry) => entry.ttl ?? this.#ttl[entry.kind],
      onMoved: (entry) => void this.#save(entry),
      onExpired: (entry) => void this.#drop(entry)
    })
    this.addresses = new BlockedAddresses(components, init)
  }

  /**
   * Reads what an earlier run has kept; to be called before a connection can come in.
   *
   * @throws what the datastore throws: a node that cannot know whom it shut out does not start
   */
  async start(): Promise<void> {
    this.#loaded ??= this.#load()

    try {
      await this.#loaded
    } catch (err) {
      this.#loaded = undefined
      throw err
    }

    this.#expiry.start()
  }

  /** Resolves when all is written. The entries stay in force: connections may outlast the overlay. */
  async stop(): Promise<void> {
    this.#loaded = undefined
    this.#expiry.stop()
    await Promise.all([this.#writes, this.addresses.stop()])
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
      expiresAt: this.#expiry.now() + (ttl ?? this.#ttl[kind]),
      ttl
    }

    const there = this.#entries.get(id(entry))

    if (ttl == null && there != null && there.expiresAt > entry.expiresAt) {
      await this.#writes

      return there.expiresAt
    }

    if (there == null) {
      this.#makeRoomForOne()
    }

    this.#entries.set(id(entry), entry)
    this.#expiry.watch()
    await this.#save(entry)

    return entry.expiresAt
  }

  async remove(kind: RestrictionKind, peer: PeerId): Promise<void> {
    const entry = this.#entries.get(id({ kind, peer: peer.toString() }))

    if (entry != null) {
      await this.#drop(entry)
    }
  }

  /** Lifts all, of addresses too but those of the configuration. */
  async clear(): Promise<void> {
    await Promise.all([
      this.addresses.clear(),
      ...[...this.#entries.values()].map(async (entry) => this.#drop(entry))
    ])
  }

  list(): RestrictionInfo[] {
    return [...this.#entries.values()]
      .filter((entry) => this.#expiry.inForce(entry))
      .map(({ kind, peer, reason, expiresAt }) => ({ kind, peer: peerIdFromString(peer), reason, expiresAt }))
  }

  /** The peers without an entry of either kind. */
  apply(peers: Iterable<PeerId>): PeerId[] {
    return [...peers].filter((peer) => !this.isBlacklisted(peer) && !this.isRecentlyDisconnected(peer))
  }

  async #load(): Promise<void> {
    await this.addresses.start()

    for await (const { key, value } of this.#datastore.query({ prefix: PREFIX.toString() })) {
      const entry = this.#readEntry(key, value)

      if (entry == null) {
        await this.#write(async () => this.#datastore.delete(key))
        continue
      }

      // what was added since, or outlived a stop, is the newer
      if (!this.#entries.has(id(entry))) {
        this.#makeRoomForOne()
        this.#entries.set(id(entry), entry)
      }
    }
  }

  /** The entry under a key; undefined when it is not one, or expired. */
  #readEntry(key: Key, value: Uint8Array): Entry | undefined {
    const entry = parseEntry(value)

    return entry != null &&
      keyOf(entry).toString() === key.toString() &&
      this.#expiry.restore(entry, id(entry))
      ? entry
      : undefined
  }

  #holds(kind: RestrictionKind, peer: PeerId): boolean {
    const entry = this.#entries.get(id({ kind, peer: peer.toString() }))

    return entry != null && this.#expiry.inForce(entry)
  }

  /** The entry that would expire first goes; it may have expired. */
  #makeRoomForOne(): void {
    let first: Entry | undefined

    if (this.#entries.size < this.#maxEntries) {
      return
    }

    for (const entry of this.#entries.values()) {
      first = first == null || entry.expiresAt < first.expiresAt ? entry : first
    }

    if (first != null) {
      void this.#drop(first)
    }
  }

  async #save(entry: Entry): Promise<void> {
    await this.#write(async () =>
      this.#datastore.put(keyOf(entry), uint8ArrayFromString(JSON.stringify(entry)))
    )
  }

  async #drop(entry: Entry): Promise<void> {
    this.#entries.delete(id(entry))
    await this.#write(async () => this.#datastore.delete(keyOf(entry)))
  }

  /** A datastore that fails must not let a restricted peer in: memory holds the entry all the same. Never rejects. */
  async #write(write: () => Promise<unknown>): Promise<void> {
    this.#writes = this.#writes.then(write).then(
      () => undefined,
      (err: unknown) => {
        this.#log.error('could not write to the datastore - %e', err)
      }
    )

    await this.#writes
  }
}
