import { multiaddr } from '@multiformats/multiaddr'
import { peerOf } from '../lib/net/index.ts'
import { IdleConnections } from './idle-connections.ts'
import { KnownPeers } from './known-peers.ts'
import type { Config } from '../config/index.ts'
import type { NodeServices } from './node-services.ts'
import type { ComponentLogger, Libp2p, Startable } from '@libp2p/interface'

/** What keeps the node's libp2p within bounds that libp2p itself has not. */
export function createKeepers(
  { connections, relay, bootstrap, dial, direct }: Config,
  libp2p: Libp2p<NodeServices>,
  logger: ComponentLogger
): Startable[] {
  const { nebula, identify } = libp2p.services
  const given = [...bootstrap, ...dial, ...direct].map((addr) => peerOf(multiaddr(addr)))
  const configured = given.filter((peer) => peer != null)

  return [
    new KnownPeers({ libp2p, nebula, identify, logger }, { ...connections, configured }),
    new IdleConnections({ libp2p, nebula, logger }, { ...connections, relayTimeout: relay.hopTimeout })
  ]
}
