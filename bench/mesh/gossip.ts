/** A part of a mesh of libp2p nodes with gossipsub as it comes. */
import { setTimeout as delay } from 'node:timers/promises'
import { noise } from '@chainsafe/libp2p-noise'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { tls } from '@libp2p/tls'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { serve } from '../serve.ts'
import { meshPart } from './nodes-part.ts'
import type { MeshNode } from './nodes-part.ts'
import type { GossipSub } from '@libp2p/gossipsub'

const TOPIC = 'bench'
const BULK_TOPIC = 'bench-bulk'

/** What is too large for one message goes in pieces of this size. */
const PIECE_BYTES = 262_144
/** Milliseconds between two pieces, in which neighbours can say that they have one. */
const PIECE_INTERVAL_MS = 20

serve(meshPart(create))

async function create(): Promise<MeshNode> {
  const node = await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise(), tls()],
    streamMuxers: [yamux()],
    connectionManager: { inboundConnectionThreshold: 1_000, maxIncomingPendingConnections: 100 },
    // as the product's: a machine that is busy with other things is no lost connection
    connectionMonitor: { pingTimeout: { minTimeout: 30_000, maxTimeout: 30_000 } },
    services: { identify: identify(), ping: ping(), pubsub: gossipsub() }
  })
  // the mesh is not part of the interface
  const pubsub = node.services.pubsub as GossipSub & { getMeshPeers(topic: string): string[] }

  pubsub.subscribe(TOPIC)

  pubsub.subscribe(BULK_TOPIC)

  return {
    id: String(node.peerId),
    address: String(node.getMultiaddrs()[0]),
    connect: async (address) => {
      await node.dial(multiaddr(address))
    },
    degree: () => pubsub.getMeshPeers(TOPIC).length,
    send: async (text) => {
      await pubsub.publish(TOPIC, fromString(text))
    },
    onText: (listener) => {
      pubsub.addEventListener('message', ({ detail }) => {
        if (detail.type === 'signed' && detail.topic === TOPIC) {
          listener(String(detail.from), toString(detail.data))
        }
      })
    },
    sendBulk: async (payload) => {
      const pieces = Math.ceil(payload.byteLength / PIECE_BYTES)

      for (let i = 0; i < pieces; i++) {
        const header = Uint8Array.of(i, pieces)

        await pubsub.publish(
          BULK_TOPIC,
          concat([header, payload.subarray(i * PIECE_BYTES, (i + 1) * PIECE_BYTES)])
        )
        await delay(PIECE_INTERVAL_MS)
      }
    },
    onBulk: (listener) => {
      let pieces: Uint8Array[] = []
      let missing = 0

      pubsub.addEventListener('message', ({ detail }) => {
        if (detail.topic !== BULK_TOPIC) {
          return
        }

        const [index = 0, count = 0] = detail.data

        missing = (pieces.length === 0 ? count : missing) - 1
        pieces[index] = detail.data.slice(2)

        if (missing === 0) {
          const whole = concat(pieces)

          pieces = []
          listener(async () => whole)
        }
      })
    }
  }
}
