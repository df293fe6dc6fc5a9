import { isLoopback } from '@libp2p/utils'
import { hostOf, isDialledByIp, peerOf } from '../lib/net/index.ts'
import type { Link } from './link.ts'
import type { Multiaddr } from '@multiformats/multiaddr'

/**
 * An address at which others can reach a linked peer, with its PeerId: where it
 * was dialled, or else what it says of itself, for the port of an inbound
 * connection is no listener's. Of what it says the host at which this node sees
 * it is best; loopback leads only to whoever dials.
 */
export function knownAddress({
  peer,
  connection: { direction, remoteAddr },
  node
}: Pick<Link, 'peer' | 'connection' | 'node'>): Multiaddr | undefined {
  // others are not to be sent to whomever a peer likes to name
  const said = node.listenAddrs.filter((addr) => peerOf(addr)?.equals(peer) !== false)
  const addr =
    direction === 'outbound'
      ? remoteAddr
      : (said.find((one) => hostOf(one) === hostOf(remoteAddr)) ??
        said.find((one) => !isLoopback(one)) ??
        said[0])

  return addr == null || peerOf(addr) != null ? addr : addr.encapsulate(`/p2p/${peer}`)
}

/** Such an address where this node has seen the peer itself, and no other: dials are not to be aimed at third parties. */
export function seenAddress(link: Pick<Link, 'peer' | 'connection' | 'node'>): Multiaddr | undefined {
  const { direction, remoteAddr } = link.connection
  const addr = knownAddress(link)

  if (addr == null || direction === 'outbound') {
    return addr
  }

  // an address may begin with that host, and lead to another
  return hostOf(addr) === hostOf(remoteAddr) && isDialledByIp(addr) ? addr : undefined
}
