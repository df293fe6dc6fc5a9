import { isPrivate } from '@libp2p/utils'
import { hostOf } from '../lib/host-of.ts'
import { MAX_ADDRS_PER_HOST } from './constants.ts'
import type { Multiaddr } from '@multiformats/multiaddr'

/** Which of the addresses that are announced on the LAN are believed. */
export type AddressPolicy = 'private' | 'all'

/**
 * The addresses of an announcement that may be dialled. Announcements prove
 * nothing, and each makes all nodes that hear it dial: with `private` they dial
 * no host beyond the LAN and ask no name server, and no host is dialled
 * at many ports. Members announce no other addresses (`@libp2p/mdns` leaves
 * them out).
 */
export function announcedAddrs(addrs: Multiaddr[], policy: AddressPolicy): Multiaddr[] {
  const believed = policy === 'all' ? addrs : addrs.filter((addr) => isPrivate(addr))
  const byHost = Map.groupBy(believed, hostOf)

  return believed.filter((addr) => (byHost.get(hostOf(addr)) ?? []).indexOf(addr) < MAX_ADDRS_PER_HOST)
}
