import { ipKindOf, ipOf } from '../../lib/net/index.ts'
import { isAnnounceable } from '../announced-addrs.ts'
import type { AddressPolicy } from '../announced-addrs.ts'
import { linkLocalAddrs } from './link-local.ts'
import type { LanInterface } from './types.ts'
import type { Multiaddr } from '@multiformats/multiaddr'

export function isLoopback(addr: Multiaddr): boolean {
  return ipKindOf(hostIn(addr)) === 'loopback'
}

/** The addresses that may be announced on a LAN at all. */
export function announceable(addrs: Multiaddr[], policy: AddressPolicy): Multiaddr[] {
  return addrs.filter((addr) => isAnnounceable(addr, policy))
}

/**
 * The addresses at which this node is reached over an interface: those of the
 * interface, then those of no interface, which the user gave (a forwarded port).
 * Those of its other interfaces only where it has none of these: most LANs
 * cannot reach them, and a bridge such as docker0 has the same address on every
 * machine. Loopback addresses are announced on loopback and nowhere else.
 *
 * @param owners - the addresses of this machine, and the interface that has each
 * @param linkLocalPorts - ports at its link-local IPv6 address, which is announced where it has nothing else
 */
export function addrsOn(
  lanInterface: LanInterface,
  addrs: Multiaddr[],
  owners: Map<string, string>,
  linkLocalPorts: (address: string) => number[] = () => []
): Multiaddr[] {
  const loopback = addrs.filter(isLoopback)
  const others = addrs.filter((addr) => !loopback.includes(addr))

  if (lanInterface.internal) {
    return loopback.length > 0 ? loopback : others
  }

  const own = others.filter((addr) => owners.get(hostIn(addr)) === lanInterface.name)
  const given = others.filter((addr) => !owners.has(hostIn(addr)))

  if (own.length + given.length > 0) {
    return [...own, ...given]
  }

  return [...linkLocalAddrs(lanInterface, linkLocalPorts), ...others]
}

/** The IP address, or a text that is none. */
function hostIn(addr: Multiaddr): string {
  return ipOf(addr)?.address ?? ''
}
