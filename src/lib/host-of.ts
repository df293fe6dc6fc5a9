import { getNetConfig } from '@libp2p/utils'
import { CODE_IP6 } from '@multiformats/multiaddr'
import { ipOf, networkOf } from './ip-address.ts'
import { ipKindOf } from './ip-kind.ts'
import type { Multiaddr } from '@multiformats/multiaddr'

/** Bits of an IPv6 address that tell one user's network from another's. */
const IPV6_NETWORK_BITS = 64

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
    ? networkOf(CODE_IP6, ip.address, IPV6_NETWORK_BITS)
    : hostOf(addr)
}
