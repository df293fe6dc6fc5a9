import { Key } from 'interface-datastore'
import { systemClock } from '../lib/clock.ts'
import { PersistedMap } from '../lib/persisted-map.ts'
import { BLACKLIST_TTL_MS, MAX_BLOCKED_ADDRESSES, MAX_REASON_LENGTH } from './constants.ts'
import { blockListOf, listed, parseSubnet } from '../lib/net/index.ts'
import type { Subnet } from '../lib/net/index.ts'
import type { Clock } from '../lib/clock.ts'
import type { BlockedAddress } from '../interface.ts'
import type { PersistedMapComponents } from '../lib/persisted-map.ts'
import type { Startable } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { BlockList } from 'node:net'

export type BlockedAddressesComponents = PersistedMapComponents

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
  readonly #ttl: number
  readonly #configured: Subnet[]
  readonly #configuredList: BlockList
  /** By the subnet's text. */
  readonly #entries: PersistedMap<Entry>

  /** @throws {InvalidParametersError} when a configured address is none */
  constructor(components: BlockedAddressesComponents, init: BlockedAddressesInit = {}) {
    this.#ttl = init.blacklistTtl ?? BLACKLIST_TTL_MS
    this.#entries = new PersistedMap(components, {
      name: 'nebula:blocked-addresses',
      clock: init.clock ?? systemClock,
      max: init.maxAddresses ?? MAX_BLOCKED_ADDRESSES,
      prefix: PREFIX,
      nameOf: encodeURIComponent,
      ttl: ({ ttl }) => ttl,
      encode: (address, { reason, expiresAt, ttl }) => ({ address, reason, expiresAt, ttl }),
      decode
    })
    this.#configured = (init.blockedAddresses ?? []).map(parseSubnet)
    this.#configuredList = blockListOf(this.#configured)
  }

  async start(): Promise<void> {
    await this.#entries.start()
  }

  /** Resolves when all is written. The entries stay in force. */
  async stop(): Promise<void> {
    await this.#entries.stop()
  }

  /** Whether the address, or that of the relay that it goes over, is shut out. */
  has(addr: Multiaddr): boolean {
    return (
      listed(this.#configuredList, addr) ||
      [...this.#entries.entries()].some(([, { list }]) => listed(list, addr))
    )
  }

  /**
   * Shuts addresses out from now on; an entry there is begins anew, but without
   * `ttl` one that holds for longer stays as it is.
   *
   * @param ttl - milliseconds for which they are shut out, if not as long as always
   */
  async add(subnet: Subnet, reason: string, ttl?: number): Promise<void> {
    const entry: Entry = {
      reason: reason.slice(0, MAX_REASON_LENGTH),
      expiresAt: this.#entries.now() + (ttl ?? this.#ttl),
      ttl: ttl ?? this.#ttl,
      list: blockListOf([subnet])
    }

    await this.#entries.set(subnet.text, entry, { extend: ttl == null })
  }

  /** Lets the addresses in again; those of the configuration stay. */
  async remove({ text }: Subnet): Promise<void> {
    await this.#entries.delete(text)
  }

  async clear(): Promise<void> {
    await this.#entries.clear()
  }

  /** Those of the configuration first. */
  list(): BlockedAddress[] {
    return [
      ...this.#configured.map(({ text }) => ({ address: text, reason: 'configured', expiresAt: null })),
      ...Array.from(this.#entries.entries(), ([address, { reason, expiresAt }]) => ({
        address,
        reason,
        expiresAt
      }))
    ]
  }
}

function decode(stored: unknown): { key: string; entry: Entry } | undefined {
  const { address, reason, expiresAt, ttl } = stored as Partial<Entry> & { address?: unknown }

  if (
    typeof address !== 'string' ||
    typeof reason !== 'string' ||
    typeof expiresAt !== 'number' ||
    typeof ttl !== 'number'
  ) {
    return undefined
  }

  const subnet = parseSubnet(address)

  return { key: subnet.text, entry: { reason, expiresAt, ttl, list: blockListOf([subnet]) } }
}
