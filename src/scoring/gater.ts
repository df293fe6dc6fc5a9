import { peerOf } from '../peer-of.ts'
import type { Restrictions } from './restrictions.ts'
import type { ConnectionGater, PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

/**
 * A ConnectionGater that keeps blacklisted peers out at every stage at which
 * the peer is known: nothing is said to them, the connection is denied.
 */
export function blacklistGater(restrictions: Pick<Restrictions, 'isBlacklisted'>): ConnectionGater {
  const denied = (peer: PeerId): boolean => restrictions.isBlacklisted(peer)
  const deniedAddr = (addr: Multiaddr): boolean => {
    const peer = peerOf(addr)

    return peer != null && denied(peer)
  }

  return {
    denyDialPeer: denied,
    denyDialMultiaddr: deniedAddr,
    denyOutboundConnection: denied,
    denyInboundEncryptedConnection: denied,
    denyOutboundEncryptedConnection: denied,
    denyInboundUpgradedConnection: denied,
    denyOutboundUpgradedConnection: denied,
    denyInboundRelayReservation: denied,
    denyOutboundRelayedConnection: (source, destination) => denied(source) || denied(destination),
    denyInboundRelayedConnection: (_relay, remote) => denied(remote)
  }
}
