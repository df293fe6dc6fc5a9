import { isIP } from 'node:net'
import { blockListOf, parseSubnet } from './subnet.ts'

/**
 * What an IP address is for: `loopback` is this machine, `link-local` and
 * `private` are its LANs, `none` is no address of a host (unspecified,
 * multicast, broadcast, reserved), `other` is anything else: the Internet,
 * examples in documentation, tunnels to IPv4 (6to4, Teredo, NAT64).
 */
export type IpKind = 'loopback' | 'link-local' | 'private' | 'other' | 'none'

/**
 * IANA's registries of special addresses, as far as they are one of these kinds.
 *
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry
 */
const SUBNETS: Record<Exclude<IpKind, 'other'>, string[]> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  'link-local': ['169.254.0.0/16', 'fe80::/10'],
  // 100.64.0.0/10: addresses that a provider shares among its customers, and of many VPNs
  private: ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
  none: ['0.0.0.0/8', '224.0.0.0/4', '240.0.0.0/4', '::/128', 'ff00::/8']
}

const LISTS = (Object.keys(SUBNETS) as Array<keyof typeof SUBNETS>).map(
  (kind) => [kind, blockListOf(SUBNETS[kind].map(parseSubnet))] as const
)

/**
 * An IPv4 address that is mapped into IPv6 (`::ffff:10.0.0.1`) is judged by the IPv4 address.
 *
 * @param address - without a zone; `none` when it is no IP address
 */
export function ipKindOf(address: string): IpKind {
  const version = isIP(address)

  if (version === 0) {
    return 'none'
  }

  return LISTS.find(([, list]) => list.check(address, version === 4 ? 'ipv4' : 'ipv6'))?.[0] ?? 'other'
}
