import { parseCidr } from '@chainsafe/netmask'
import { peerIdFromString } from '@libp2p/peer-id'
import { CODE_IP4, CODE_IP6, CODE_P2P, multiaddr } from '@multiformats/multiaddr'
import type { PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

export interface IpAddress {
  address: string
  family: 'ipv4' | 'ipv6'
}

/** The IP address that a multiaddr begins with. */
export function ipOf(addr: Multiaddr): IpAddress | undefined {
  const component = addr.getComponents().find(({ code }) => code === CODE_IP4 || code === CODE_IP6)

  return component?.value == null
    ? undefined
    : { address: component.value, family: component.code === CODE_IP4 ? 'ipv4' : 'ipv6' }
}

/** The address with all but its first bits cleared, in its canonical form. */
export function networkOf({ address, family }: IpAddress, bits: number): string {
  const { network } = parseCidr(`${address}/${bits}`)

  return family === 'ipv4' ? network.join('.') : canonicalIpv6(network)
}

/** The peer at the end of a multiaddr, where it names one. */
export function peerOf(addr: Multiaddr): PeerId | undefined {
  const id = addr.getComponents().findLast((component) => component.code === CODE_P2P)?.value

  return id == null ? undefined : peerIdFromString(id)
}

/** As a multiaddr writes it. */
function canonicalIpv6(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) =>
    (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16)
  )

  return multiaddr(`/ip6/${groups.join(':')}`).getComponents()[0]?.value ?? groups.join(':')
}
