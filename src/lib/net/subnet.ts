import { InvalidParametersError } from '@libp2p/interface'
import { BlockList, isIP } from 'node:net'
import { ipOf, networkOf } from './addresses.ts'
import type { IpAddress } from './addresses.ts'
import type { Multiaddr } from '@multiformats/multiaddr'

const BITS = { ipv4: 32, ipv6: 128 } as const

/** IP addresses that begin with the same bits; one address when it is all bits. */
export interface Subnet extends IpAddress {
  /** Canonical: `203.0.113.7`, or `203.0.113.0/24` with the host's bits cleared. */
  text: string
  prefix: number
}

/** Whether the text is meant as an address or subnet, right or wrong, and not as a PeerId: none of those has these characters. */
export function looksLikeSubnet(text: string): boolean {
  return /[:/]|^[\d.]+$/.test(text)
}

/**
 * Reads `ADDRESS` or `ADDRESS/PREFIX`.
 *
 * @throws {InvalidParametersError}
 */
export function parseSubnet(text: string): Subnet {
  const [address = '', prefix, ...rest] = text.split('/')
  const version = isIP(address)

  // a zone names an interface of this machine, which no remote address does
  if (address.includes('%') || rest.length > 0 || version === 0) {
    throw new InvalidParametersError(`${JSON.stringify(text)} is neither an IP address nor a subnet`)
  }

  const family = version === 4 ? 'ipv4' : 'ipv6'
  const most = BITS[family]
  const bits = prefix == null ? most : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Infinity

  if (bits > most) {
    throw new InvalidParametersError(`${JSON.stringify(text)} has no prefix of 0 to ${most} bits`)
  }

  const network = networkOf({ address, family }, bits)

  return { text: bits === most ? network : `${network}/${bits}`, family, address: network, prefix: bits }
}

export function blockListOf(subnets: Iterable<Subnet>): BlockList {
  const list = new BlockList()

  for (const { address, prefix, family } of subnets) {
    list.addSubnet(address, prefix, family)
  }

  return list
}

/** Whether all addresses of one subnet are among those of another. */
export function contains(outer: Subnet, inner: Subnet): boolean {
  return (
    outer.family === inner.family &&
    outer.prefix <= inner.prefix &&
    blockListOf([outer]).check(inner.address, inner.family)
  )
}

/** Whether a multiaddr begins with an IP address of the list; that of a relay on the way counts. */
export function listed(list: BlockList, addr: Multiaddr): boolean {
  const ip = ipOf(addr)

  return ip != null && list.check(ip.address, ip.family)
}
