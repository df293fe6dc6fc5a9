import { hostOf, ipKindOf, ipOf, isDialledByIp } from '../lib/net/index.ts'
import { MAX_ADDRS_PER_HOST } from './constants.ts'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { IpKind } from '../lib/net/index.ts'

/** Which of the addresses that are announced on the LAN are believed. */
export type AddressPolicy = 'private' | 'all'

const KINDS: Record<AddressPolicy, ReadonlySet<IpKind>> = {
  private: new Set(['loopback', 'link-local', 'private']),
  all: new Set(['loopback', 'link-local', 'private', 'other'])
}

/**
 * Whether an address may be announced on the LAN, and believed. It begins with
 * an IP address of a kind that the policy allows, and no name is looked up for it.
 */
export function isAnnounceable(addr: Multiaddr, policy: AddressPolicy): boolean {
  return isDialledByIp(addr) && KINDS[policy].has(ipKindOf(ipOf(addr)?.address ?? ''))
}

/**
 * The addresses of an announcement that may be dialled. Announcements prove
 * nothing, and each makes all nodes that hear it dial: they ask no name server,
 * with `private` they dial no host beyond the LAN, and no host is dialled at many
 * ports.
 */
export function announcedAddrs(addrs: Multiaddr[], policy: AddressPolicy): Multiaddr[] {
  const believed = addrs.filter((addr) => isAnnounceable(addr, policy))
  const byHost = Map.groupBy(believed, hostOf)

  return believed.filter((addr) => (byHost.get(hostOf(addr)) ?? []).indexOf(addr) < MAX_ADDRS_PER_HOST)
}
