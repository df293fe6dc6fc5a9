import { InvalidParametersError } from '@libp2p/interface'
import { CODE_IP4, CODE_IP6 } from '@multiformats/multiaddr'
import { BlockList, isIP } from 'node:net'
import { ipOf, networkOf } from '../lib/ip-address.ts'
import type { Multiaddr } from '@multiformats/multiaddr'

const BITS = { [CODE_IP4]: 32, [CODE_IP6]: 128 } as const

/** IP addresses that begin with the same bits; one address when it is all bits. */
export interface Subnet {
  /** Canonical: `203.0.113.7`, or `203.0.113.0/24` with the host's bits cleared. */
  text: string
  family: 'ipv4' | 'ipv6'
  address: string
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
  const code = address.includes('%') || rest.length > 0 || version === 0 ? undefined : CODES[version]

  if (code == null) {
    throw new InvalidParametersError(`${JSON.stringify(text)} is neither an IP address nor a subnet`)
  }

  const bits = prefix == null ? BITS[code] : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Infinity

  if (bits > BITS[code]) {
    throw new InvalidParametersError(`${JSON.stringify(text)} has no prefix of 0 to ${BITS[code]} bits`)
  }

  const network = networkOf(code, address, bits)

  return {
    text: bits === BITS[code] ? network : `${network}/${bits}`,
    family: code === CODE_IP4 ? 'ipv4' : 'ipv6',
    address: network,
    prefix: bits
  }
}

const CODES: Record<number, typeof CODE_IP4 | typeof CODE_IP6> = { 4: CODE_IP4, 6: CODE_IP6 }

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
