import { Key } from 'interface-datastore'
import { peerIdFromString } from '@libp2p/peer-id'
import { fromString as uint8ArrayFromString } from 'uint8arrays/from-string'
import { toString as uint8ArrayToString } from 'uint8arrays/to-string'
import { systemClock } from '../../protocols/clock.ts'
import { BLACKLIST_TTL_MS, MAX_RESTRICTIONS, RECENTLY_DISCONNECTED_TTL_MS } from './constants.ts'
import type { Clock } from '../../protocols/clock.ts'
import type { RestrictionInfo } from '../interface.ts'
import type { ComponentLogger, Logger, PeerId, Startable } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'

export type RestrictionKind = RestrictionInfo['kind']

export interface RestrictionsComponents {
  datastore: Datastore
  logger: ComponentLogger
}

export interface RestrictionsInit {
  clock?: Clock
  /** Milliseconds. @default 240_000 */
  blacklistTtl?: number
  /** Milliseconds. @default 60_000 */
  recentlyDisconnectedTtl?: number
  /** @default 10_000 */
  maxEntries?: number
}

interface Entry {
  kind: RestrictionKind
  peer: string
  reason: string
  expiresAt: number
}

const PREFIX = new Key('/nebula/restrictions')

/**
 * The blacklist and the recently disconnected peers. An entry holds until the
 * tick it expires at, nothing sweeps; it is kept in the datastore, so that a
 * restart forgives nobody.
 */
export class Restrictions implements Startable {
  readonly #datastore: Datastore
  readonly #log: Logger
  readonly #clock: Clock
  readonly #ttl: Record<RestrictionKind, number>
  readonly #maxEntries: number
  readonly #entries = new Map<string, Entry>()
  #started = false

  constructor(components: RestrictionsComponents, init: RestrictionsInit = {}) {
    this.#datastore = components.datastore
    this.#log = components.logger.forComponent('nebula:restrictions')
    this.#clock = init.clock ?? systemClock
    this.#ttl = {
      blacklisted: init.blacklistTtl ?? BLACKLIST_TTL_MS,
      'recently-disconnected': init.recentlyDisconnectedTtl ?? RECENTLY_DISCONNECTED_TTL_MS
    }
    this.#maxEntries = init.maxEntries ?? MAX_RESTRICTIONS
  }

  /** Reads what an earlier run has kept; to be called before a connection can come in. */
  async start(): Promise<void> {
    if (this.#started) {
      return
    }

    this.#started = true

    for await (const { key, value } of this.#datastore.query({ prefix: PREFIX.toString() })) {
      const entry = parseEntry(value)

      if (entry == null || entry.expiresAt <= this.#clock.now()) {
        await this.#datastore.delete(key)
        continue
      }

      this.#entries.set(id(entry), entry)
    }

    await this.#makeRoom()
  }

  stop(): void {
    this.#started = false
    this.#entries.clear()
  }

  isBlacklisted(peer: PeerId): boolean {
    return this.#holds('blacklisted', peer)
  }

  isRecentlyDisconnected(peer: PeerId): boolean {
    return this.#holds('recently-disconnected', peer)
  }

  /**
   * Restricts the peer from now on; an entry there is begins anew.
   *
   * @returns when the entry expires, in milliseconds since the Unix epoch
   */
  async add(kind: RestrictionKind, peer: PeerId, reason: string): Promise<number> {
    const entry = { kind, peer: peer.toString(), reason, expiresAt: this.#clock.now() + this.#ttl[kind] }

    this.#entries.set(id(entry), entry)
    await this.#makeRoom()
    await this.#keep(async () =>
      this.#datastore.put(keyOf(entry), uint8ArrayFromString(JSON.stringify(entry)))
    )

    return entry.expiresAt
  }

  async remove(kind: RestrictionKind, peer: PeerId): Promise<void> {
    const entry = this.#entries.get(id({ kind, peer: peer.toString() }))

    if (entry != null) {
      await this.#drop(entry)
    }
  }

  async clear(): Promise<void> {
    for (const entry of this.#entries.values()) {
      await this.#drop(entry)
    }
  }

  list(): RestrictionInfo[] {
    const now = this.#clock.now()

    return [...this.#entries.values()]
      .filter((entry) => entry.expiresAt > now)
      .map((entry) => ({ ...entry, peer: peerIdFromString(entry.peer) }))
  }

  /** The peers without an entry of either kind. */
  apply(peers: Iterable<PeerId>): PeerId[] {
    return [...peers].filter((peer) => !this.isBlacklisted(peer) && !this.isRecentlyDisconnected(peer))
  }

  #holds(kind: RestrictionKind, peer: PeerId): boolean {
    const entry = this.#entries.get(id({ kind, peer: peer.toString() }))

    return entry != null && entry.expiresAt > this.#clock.now()
  }

  async #makeRoom(): Promise<void> {
    if (this.#entries.size <= this.#maxEntries) {
      return
    }

    const byExpiry = [...this.#entries.values()].sort((a, b) => a.expiresAt - b.expiresAt)

    for (const entry of byExpiry.slice(0, this.#entries.size - this.#maxEntries)) {
      await this.#drop(entry)
    }
  }

  async #drop(entry: Entry): Promise<void> {
    this.#entries.delete(id(entry))
    await this.#keep(async () => this.#datastore.delete(keyOf(entry)))
  }

  /** A datastore that fails must not let a restricted peer in: memory holds the entry all the same. */
  async #keep(write: () => Promise<unknown>): Promise<void> {
    try {
      await write()
    } catch (err) {
      this.#log.error('could not write to the datastore - %e', err)
    }
  }
}

function id(entry: Pick<Entry, 'kind' | 'peer'>): string {
  return `${entry.kind}/${entry.peer}`
}

function keyOf(entry: Entry): Key {
  return PREFIX.child(new Key(id(entry)))
}

function parseEntry(value: Uint8Array): Entry | undefined {
  try {
    const entry: Partial<Entry> = JSON.parse(uint8ArrayToString(value))
    const { kind, peer, reason, expiresAt } = entry

    if (
      (kind !== 'blacklisted' && kind !== 'recently-disconnected') ||
      typeof peer !== 'string' ||
      typeof reason !== 'string' ||
      typeof expiresAt !== 'number'
    ) {
      return undefined
    }

    peerIdFromString(peer)

    return { kind, peer, reason, expiresAt }
  } catch {
    return undefined
  }
}
