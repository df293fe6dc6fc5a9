import { Key } from 'interface-datastore'
import { fromString as uint8ArrayFromString } from 'uint8arrays/from-string'
import { toString as uint8ArrayToString } from 'uint8arrays/to-string'
import { systemClock } from '../../protocols/clock.ts'
import { BLACKLIST_TTL_MS, MAX_BLOCKED_ADDRESSES, MAX_REASON_LENGTH } from './constants.ts'
import { blockListOf, listed, parseSubnet } from './subnet.ts'
import type { Subnet } from './subnet.ts'
import type { Clock } from '../../protocols/clock.ts'
import type { BlockedAddress } from '../interface.ts'
import type { ComponentLogger, Logger, Startable } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Datastore } from 'interface-datastore'
import type { BlockList } from 'node:net'

export interface BlockedAddressesComponents {
  datastore: Datastore
  logger: ComponentLogger
}

export interface BlockedAddressesInit {
  clock?: Clock
  /** Milliseconds. @default 240_000 */
  blacklistTtl?: number
  /** IP addresses and subnets that are always shut out. @default [] */
  blockedAddresses?: string[]
  /** Addresses and subnets beside those. @default 1_000 */
  maxAddresses?: number
}

interface Entry {
  reason: string
  expiresAt: number
  /** Milliseconds for which it was made. */
  ttl: number
  list: BlockList
}

const PREFIX = new Key('/nebula/blocked-addresses')

/**
 * The IP addresses and subnets that are shut out: those of the configuration
 * for good, those added until the tick they expire at. The latter are kept in
 * the datastore.
 */
export class BlockedAddresses implements Startable {
  readonly #datastore: Datastore
  readonly #log: Logger
  readonly #clock: Clock
  readonly #ttl: number
  readonly #max: number
  readonly #configured: Subnet[]
  readonly #configuredList: BlockList
  /** By the subnet's text. */
  readonly #entries = new Map<string, Entry>()
  #writes: Promise<void> = Promise.resolve()

  /** @throws {InvalidParametersError} when a configured address is none */
  constructor(components: BlockedAddressesComponents, init: BlockedAddressesInit = {}) {
    this.#datastore = components.datastore
    this.#log = components.logger.forComponent('nebula:blocked-addresses')
    this.#clock = init.clock ?? systemClock
    this.#ttl = init.blacklistTtl ?? BLACKLIST_TTL_MS
    this.#max = init.maxAddresses ?? MAX_BLOCKED_ADDRESSES
    this.#configured = (init.blockedAddresses ?? []).map(parseSubnet)
    this.#configuredList = blockListOf(this.#configured)
  }

  async start(): Promise<void> {
    for await (const { key, value } of this.#datastore.query({ prefix: PREFIX.toString() })) {
      const stored = parse(value)
      const now = this.#clock.now()

      if (
        stored == null ||
        stored.expiresAt <= now ||
        keyOf(stored.subnet.text).toString() !== key.toString()
      ) {
        await this.#write(async () => this.#datastore.delete(key))
      } else if (!this.#entries.has(stored.subnet.text)) {
        this.#makeRoomForOne()
        this.#entries.set(stored.subnet.text, { ...stored, list: blockListOf([stored.subnet]) })
      }
    }
  }

  /** Resolves when all is written. The entries stay in force. */
  async stop(): Promise<void> {
    await this.#writes
  }

  /** Whether the address, or that of the relay that it goes over, is shut out. */
  has(addr: Multiaddr): boolean {
    return (
      listed(this.#configuredList, addr) ||
      [...this.#entries.values()].some((entry) => this.#holds(entry) && listed(entry.list, addr))
    )
  }

  /**
   * Shuts addresses out from now on; an entry there is begins anew.
   *
   * @param ttl - milliseconds for which they are shut out
   */
  async add(subnet: Subnet, reason: string, ttl = this.#ttl): Promise<void> {
    const { text } = subnet
    const entry = { reason: reason.slice(0, MAX_REASON_LENGTH), expiresAt: this.#clock.now() + ttl, ttl }

    if (!this.#entries.has(text)) {
      this.#makeRoomForOne()
    }

    this.#entries.set(text, { ...entry, list: blockListOf([subnet]) })
    await this.#write(async () =>
      this.#datastore.put(keyOf(text), uint8ArrayFromString(JSON.stringify({ address: text, ...entry })))
    )
  }

  /** Lets the addresses in again; those of the configuration stay. */
  async remove({ text }: Subnet): Promise<void> {
    if (this.#entries.delete(text)) {
      await this.#write(async () => this.#datastore.delete(keyOf(text)))
    }
  }

  async clear(): Promise<void> {
    await Promise.all(Array.from(this.#entries.keys(), async (text) => this.remove(parseSubnet(text))))
  }

  /** Those of the configuration first. */
  list(): BlockedAddress[] {
    return [
      ...this.#configured.map(({ text }) => ({ address: text, reason: 'configured', expiresAt: null })),
      ...[...this.#entries]
        .filter(([, entry]) => this.#holds(entry))
        .map(([address, { reason, expiresAt }]) => ({ address, reason, expiresAt }))
    ]
  }

  /** A clock that was set back does not make an entry last longer than it was made for. */
  #holds(entry: Entry): boolean {
    const now = this.#clock.now()

    entry.expiresAt = Math.min(entry.expiresAt, now + entry.ttl)

    return entry.expiresAt > now
  }

  /** The entry that would expire first goes; it may have expired long ago. */
  #makeRoomForOne(): void {
    if (this.#entries.size < this.#max) {
      return
    }

    const [first] = [...this.#entries].sort(([, a], [, b]) => a.expiresAt - b.expiresAt)

    if (first != null) {
      void this.remove(parseSubnet(first[0]))
    }
  }

  /** Memory holds the entry whatever becomes of the write. Never rejects. */
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

function keyOf(text: string): Key {
  return PREFIX.child(new Key(encodeURIComponent(text)))
}

function parse(value: Uint8Array): (Omit<Entry, 'list'> & { subnet: Subnet }) | undefined {
  try {
    const { address, reason, expiresAt, ttl }: Partial<Entry> & { address?: string } = JSON.parse(
      uint8ArrayToString(value)
    )

    return typeof address !== 'string' ||
      typeof reason !== 'string' ||
      typeof expiresAt !== 'number' ||
      typeof ttl !== 'number'
      ? undefined
      : { subnet: parseSubnet(address), reason, expiresAt, ttl }
  } catch {
    return undefined
  }
}
