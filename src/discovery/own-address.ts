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

/**
 * Whether a dial failed because it led to this node itself, by a name that was
 * not known to be its own. Only the errors of this node's own libp2p say so,
 * which has verified the PeerId: what a peer answers proves nothing.
 */
export function isDialOfSelf(error: unknown): boolean {
  if (!(error instanceof Error)) {
    return false
  }

  return (
    DIALS_OF_SELF.has(`${error.name}: ${error.message}`) ||
    (error instanceof AggregateError && error.errors.some(isDialOfSelf)) ||
    isDialOfSelf(error.cause)
  )
}

/** What libp2p throws, of a connection and of a dial. */
const DIALS_OF_SELF: ReadonlySet<string> = new Set([
  'InvalidPeerIdError: Can not dial self',
  'DialError: Tried to dial self'
])

function withoutPeer(addr: Multiaddr): string {
  return addr.toString().replace(/\/p2p\/[^/]+$/, '')
}
