import { multiaddr } from '@multiformats/multiaddr'
import { Link } from '../../src/links/link.ts'
import type { HandshakeStream } from '../../protocols/handshake/index.ts'
import type { Connection, PeerId } from '@libp2p/interface'

/** A link that was never on a wire. */
export function fakeLink(peer: PeerId, { id = '1', direct = true, now = 0 } = {}): Link {
  const connection = { remotePeer: peer, remoteAddr: multiaddr('/ip4/127.0.0.1/tcp/1') } as Connection

  return new Link({
    pairLink: { stream: id, direct, direction: 'outbound', bound: 0n },
    stream: { id, peer, connection } as HandshakeStream,
    node: { federation: 'lab', proxy: false, roles: ['trainer'], round: null, listenAddrs: [], agent: 'a' },
    priority: 'medium',
    now
  })
}
