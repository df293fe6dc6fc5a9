import { multiaddr } from '@multiformats/multiaddr'
import { ipKindOf, ipOf } from '../../lib/net/index.ts'
import type { LanInterface } from './types.ts'
import type { Multiaddr } from '@multiformats/multiaddr'

/** Where this node is reached at the interface's link-local IPv6 address, without the zone, which is another on each machine. */
export function linkLocalAddrs(
  { linkLocal }: LanInterface,
  portsAt: (address: string) => number[]
): Multiaddr[] {
  return linkLocal == null ? [] : portsAt(linkLocal).map((port) => multiaddr(`/ip6/${linkLocal}/tcp/${port}`))
}

/**
 * The addresses with a zone for those that lead nowhere without one. The zone is
 * where the announcement came in, whatever it says itself.
 *
 * @param zone - without one there are no link-local IPv6 addresses among the result
 */
export function withZone(addrs: Multiaddr[], zone?: string): Multiaddr[] {
  return addrs.flatMap((addr) => {
    const ip = ipOf(addr)

    if (ip?.family !== 'ipv6' || ipKindOf(ip.address) !== 'link-local') {
      return [addr]
    }

    return zone == null ? [] : [multiaddr(`/ip6zone/${zone}`).encapsulate(addr)]
  })
}
