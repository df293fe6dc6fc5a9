/**
 * libp2p's own options for a node of the command:
 *
 *   nebula start --libp2p examples/libp2p.config.ts
 *
 * The default export is the options, or a function of the node's configuration
 * that returns them. They are merged with what the node needs: lists are
 * joined, a connection must pass this gater and the node's own, and what the
 * node sets itself is an error here.
 */
import { gossipsub } from '@libp2p/gossipsub'
import { kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import type { Libp2pModule } from '../src/node/index.ts'

const options: Libp2pModule = ({ federation }) => ({
  nodeInfo: { userAgent: `lab/${federation}` },
  connectionManager: { addressDialTimeout: 3_000 },
  connectionGater: {
    // never by way of a relay
    denyDialMultiaddr: (addr) => addr.getComponents().some(({ name }) => name === 'p2p-circuit')
  },
  services: {
    pubsub: gossipsub({ allowPublishToZeroTopicPeers: true }),
    dht: kadDHT({
      protocol: `/${federation}/kad/1.0.0`,
      clientMode: false,
      peerInfoMapper: passthroughMapper
    })
  }
})

export default options
