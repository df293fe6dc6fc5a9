import { CODE_P2P } from '@multiformats/multiaddr'
import { peerIdFromString } from '@libp2p/peer-id'
import type { Restrictions } from './restrictions.ts'
import type { ConnectionGater, PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

/**
 * A ConnectionGater that keeps blacklisted peers out at every stage at which
 * the peer is known: nothing is said to them, the connection is denied.
 */
export function blacklistGater(restrictions: Pick<Restrictions, 'isBlacklisted'>): ConnectionGater {
  const denied = (peer: PeerId): boolean => restrictions.isBlacklisted(peer)
  /** A relay on the way counts as well as the peer at the end. */
  const deniedAddr = (addr: Multiaddr): boolean =>
    addr
      .getComponents()
      .flatMap(({ code, value }) => (code === CODE_P2P ? (parsePeer(value) ?? []) : []))
      .some(denied)

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
    denyInboundRelayedConnection: (relay, remote) => denied(relay) || denied(remote)
  }
}

/** A multihash of a kind that no PeerId has passes for one in a multiaddr. */
function parsePeer(text: string | undefined): PeerId | undefined {
  try {
    return text == null ? undefined : peerIdFromString(text)
  } catch {
    return undefined
  }
}
