import { CODE_P2P } from '@multiformats/multiaddr'
import { peerIdFromString } from '@libp2p/peer-id'
import type { Restrictions } from './restrictions.ts'
import type { ConnectionGater, MultiaddrConnection, PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

/**
 * A ConnectionGater that keeps blacklisted peers and addresses out at every
 * stage at which they are known: nothing is said to them, the connection is
 * denied.
 */
export function blacklistGater(
  restrictions: Pick<Restrictions, 'isBlacklisted'> & Partial<Pick<Restrictions, 'addresses'>>
): ConnectionGater {
  const denied = (peer: PeerId): boolean => restrictions.isBlacklisted(peer)
  const blocked = (addr: Multiaddr): boolean => restrictions.addresses?.has(addr) === true
  const deniedConnection = (peer: PeerId, { remoteAddr }: MultiaddrConnection): boolean =>
    denied(peer) || blocked(remoteAddr)
  /** A relay on the way counts as well as the peer at the end. */
  const deniedAddr = (addr: Multiaddr): boolean =>
    blocked(addr) ||
    addr
      .getComponents()
      .flatMap(({ code, value }) => (code === CODE_P2P ? (parsePeer(value) ?? []) : []))
      .some(denied)

  return {
    denyDialPeer: denied,
    denyDialMultiaddr: deniedAddr,
    denyInboundConnection: ({ remoteAddr }) => blocked(remoteAddr),
    denyOutboundConnection: deniedConnection,
    denyInboundEncryptedConnection: deniedConnection,
    denyOutboundEncryptedConnection: deniedConnection,
    denyInboundUpgradedConnection: deniedConnection,
    denyOutboundUpgradedConnection: deniedConnection,
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
