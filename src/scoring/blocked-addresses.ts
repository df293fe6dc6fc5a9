import { Key } from 'interface-datastore'
import { fromString as uint8ArrayFromString } from 'uint8arrays/from-string'
import { toString as uint8ArrayToString } from 'uint8arrays/to-string'
import { systemClock } from '../lib/clock.ts'
import { BLACKLIST_TTL_MS, MAX_BLOCKED_ADDRESSES, MAX_REASON_LENGTH } from './constants.ts'
import { Expiry } from './expiry.ts'
import { blockListOf, listed, parseSubnet } from '../lib/net/index.ts'
import type { Subnet } from '../lib/net/index.ts'
import type { Clock } from '../lib/clock.ts'
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
 * for good, those added until the tick they expire at, which no leap of the
 * clock brings nearer. The latter are kept in the datastore.
 */
export class BlockedAddresses implements Startable {
  readonly #datastore: Datastore
  readonly #log: Logger
  readonly #ttl: number
  readonly #max: number
  readonly #configured: Subnet[]
  readonly #configuredList: BlockList
  /** By the subnet's text. */
  readonly #entries = new Map<string, Entry>()
  readonly #expiry: Expiry<Entry>
  #writes: Promise<void> = Promise.resolve()

  /** @throws {InvalidParametersError} when a configured address is none */
  constructor(components: BlockedAddressesComponents, init: BlockedAddressesInit = {}) {
    this.#datastore = components.datastore
    this.#log = components.logger.forComponent('nebula:blocked-addresses')
    this.#ttl = init.blacklistTtl ?? BLACKLIST_TTL_MS
    this.#max = init.maxAddresses ?? MAX_BLOCKED_ADDRESSES
    this.#expiry = new Expiry({
      clock: init.clock ?? systemClock,
      entries: this.#entries,
      ttl: ({ ttl }) => ttl,
      onMoved: (entry, text) => void this.#save(text, entry),
      onExpired: (_entry, text) => void this.#drop(text)
    })
    this.#configured = (init.blockedAddresses ?? []).map(parseSubnet)
    this.#configuredList = blockListOf(this.#configured)
  }

  async start(): Promise<void> {
    for await (const { key, value } of this.#datastore.query({ prefix: PREFIX.toString() })) {
      const stored = parse(value)
      const text = stored?.subnet.text

      if (stored == null || text == null || keyOf(text).toString() !== key.toString()) {
        await this.#write(async () => this.#datastore.delete(key))
        continue
      }

      const entry = { ...stored, list: blockListOf([stored.subnet]) }

      if (!this.#expiry.restore(entry, text)) {
        await this.#write(async () => this.#datastore.delete(key))
      } else if (!this.#entries.has(text)) {
        this.#makeRoomForOne()
        this.#entries.set(text, entry)
      }
    }

    this.#expiry.start()
  }

  /** Resolves when all is written. The entries stay in force. */
  async stop(): Promise<void> {
    this.#expiry.stop()
    await this.#writes
  }

  /** Whether the address, or that of the relay that it goes over, is shut out. */
  has(addr: Multiaddr): boolean {
    return (
      listed(this.#configuredList, addr) ||
      [...this.#entries.values()].some((entry) => this.#expiry.inForce(entry) && listed(entry.list, addr))
    )
  }

  /**
   * Shuts addresses out from now on; an entry there is begins anew, but without
   * `ttl` one that holds for longer stays as it is.
   *
   * @param ttl - milliseconds for which they are shut out, if not as long as always
   */
  async add(subnet: Subnet, reason: string, ttl?: number): Promise<void> {
    const { text } = subnet
    const entry: Entry = {
      reason: reason.slice(0, MAX_REASON_LENGTH),
      expiresAt: this.#expiry.now() + (ttl ?? this.#ttl),
      ttl: ttl ?? this.#ttl,
      list: blockListOf([subnet])
    }

    const there = this.#entries.get(text)

    if (ttl == null && there != null && there.expiresAt > entry.expiresAt) {
      await this.#writes

      return
    }

    if (there == null) {
      this.#makeRoomForOne()
    }

    this.#entries.set(text, entry)
    this.#expiry.watch()
    await this.#save(text, entry)
  }

  /** Lets the addresses in again; those of the configuration stay. */
  async remove({ text }: Subnet): Promise<void> {
    await this.#drop(text)
  }

  async clear(): Promise<void> {
    await Promise.all(Array.from(this.#entries.keys(), async (text) => this.#drop(text)))
  }

  /** Those of the configuration first. */
  list(): BlockedAddress[] {
    return [
      ...this.#configured.map(({ text }) => ({ address: text, reason: 'configured', expiresAt: null })),
      ...[...this.#entries]
        .filter(([, entry]) => this.#expiry.inForce(entry))
        .map(([address, { reason, expiresAt }]) => ({ address, reason, expiresAt }))
    ]
  }

  /** The entry that would expire first goes; it may have expired. */
  #makeRoomForOne(): void {
    if (this.#entries.size < this.#max) {
      return
    }

    const [first] = [...this.#entries].sort(([, a], [, b]) => a.expiresAt - b.expiresAt)

    if (first != null) {
      void this.#drop(first[0])
    }
  }

  async #save(text: string, { reason, expiresAt, ttl }: Entry): Promise<void> {
    const value = JSON.stringify({ address: text, reason, expiresAt, ttl })

    await this.#write(async () => this.#datastore.put(keyOf(text), uint8ArrayFromString(value)))
  }

  async #drop(text: string): Promise<void> {
    if (this.#entries.delete(text)) {
      await this.#write(async () => this.#datastore.delete(keyOf(text)))
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
