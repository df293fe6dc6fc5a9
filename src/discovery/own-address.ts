import { isMultiaddr } from '@multiformats/multiaddr'
import { peerOf } from '../lib/net/index.ts'
import type { PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

/** Whether a PeerId, or an address, is this node's own: an address by host and port where it names no peer. */
export function isOwn(place: PeerId | Multiaddr, self: PeerId, own: Multiaddr[]): boolean {
  const peer = isMultiaddr(place) ? peerOf(place) : place

  return peer == null
    ? own.some((addr) => withoutPeer(addr) === withoutPeer(place as Multiaddr))
    : peer.equals(self)
}

function withoutPeer(addr: Multiaddr): string {
  return addr.toString().replace(/\/p2p\/[^/]+$/, '')
}
