import { peerIdFromString } from '@libp2p/peer-id'
import { CODE_P2P } from '@multiformats/multiaddr'
import type { PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

/** The peer at the end of a multiaddr, where it names one. */
export function peerOf(addr: Multiaddr): PeerId | undefined {
  const id = addr.getComponents().findLast((component) => component.code === CODE_P2P)?.value

  return id == null ? undefined : peerIdFromString(id)
}
