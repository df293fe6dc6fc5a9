import { isPrivate } from '@libp2p/utils'
import type { Multiaddr } from '@multiformats/multiaddr'

/** Which of the addresses that are announced on the LAN are believed. */
export type AddressPolicy = 'private' | 'all'

/**
 * The addresses of an announcement that may be dialled. Announcements prove
 * nothing, and whoever sends one makes all who hear it dial: with `private`
 * they dial nobody beyond the LAN and ask no name server. Members announce no
 * other addresses (`@libp2p/mdns` leaves them out).
 */
export function announcedAddrs(addrs: Multiaddr[], policy: AddressPolicy): Multiaddr[] {
  return policy === 'all' ? addrs : addrs.filter((addr) => isPrivate(addr))
}
