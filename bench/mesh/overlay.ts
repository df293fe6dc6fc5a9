/** A part of a mesh of the product's nodes. */
import { multiaddr } from '@multiformats/multiaddr'
import { createNode } from '../../src/node/index.ts'
import { serve } from '../serve.ts'
import { meshPart } from './nodes-part.ts'
import type { MeshNode } from './nodes-part.ts'

serve(meshPart(create))

async function create(): Promise<MeshNode> {
  const { nebula, peerId, libp2p } = await createNode({
    listen: ['/ip4/127.0.0.1/tcp/0'],
    transports: ['tcp'],
    // what is measured would pass for a flood
    score: { maxMessageRate: 1_000_000, maxMessageBurst: 1_000_000 },
    forwarding: { maxPerSecond: 1_000_000 },
    mdns: { enabled: false }
  })

  return {
    id: String(peerId),
    address: String(libp2p.getMultiaddrs()[0]),
    connect: async (address) => {
      await nebula.connect(multiaddr(address))
    },
    degree: () => nebula.links({ onlyDirect: true }).length,
    send: async (text) =>
      // the message that every node passes on
      nebula.sendToNeighbours(nebula.createMessage('federation', 'federation_start', { arguments: [text] })),
    onText: (listener) => {
      nebula.addEventListener('message:federation:federation_start', ({ detail: { source, message } }) =>
        listener(String(source), message.fields.arguments[0] ?? '')
      )
    },
    sendBulk: async (payload) => {
      // the model that every node passes on
      await nebula.sendModel(nebula.peers({ onlyDirect: true }), { payload, round: -1 })
    },
    onBulk: (listener) => {
      nebula.addEventListener('model:initialization', ({ detail }) => listener(async () => detail.bytes()))
    }
  }
}
