import { getNetConfig } from '@libp2p/utils'
import { ipOf, networkOf } from './addresses.ts'
import { ipKindOf } from './ip-kind.ts'
import type { Multiaddr } from '@multiformats/multiaddr'

/** Bits of an IPv6 address that tell one user's network from another's. */
const IPV6_HOST_BITS = 64
/** Bits of an address that tell one site from another: what a provider usually gives out. */
const SUBNET_BITS = { ipv4: 24, ipv6: 48 } as const

/** The host that a connection goes to or comes from. An address without a host is one of its own. */
export function hostOf(addr: Multiaddr): string {
  try {
    return getNetConfig(addr).host
  } catch {
    return addr.toString()
  }
}

/** The host, or its IPv6 network: who has one address of that has all of them. All link-local addresses are in one network. */
export function hostOrNetworkOf(addr: Multiaddr): string {
  const ip = ipOf(addr)

  return ip?.family === 'ipv6' && ipKindOf(ip.address) !== 'link-local'
    ? networkOf(ip, IPV6_HOST_BITS)
    : hostOf(addr)
}

/** What the hosts of one site share: the first 24 bits of an IPv4 address, 48 of an IPv6 address. */
export function subnetOf(addr: Multiaddr): string | undefined {
  const ip = ipOf(addr)

  return ip == null ? undefined : `${networkOf(ip, SUBNET_BITS[ip.family])}/${SUBNET_BITS[ip.family]}`
}
