/**
 * Other libp2p services beside the overlay, in a node that is configured by
 * `createNode`: gossipsub and a DHT.
 *
 *   node examples/own-services.ts
 *
 * Two nodes in one process link, then one publishes on a topic and finds the
 * other through the DHT. In your project the import below reads
 * `import { createNode } from 'nebula-overlay/node'`.
 */
import { once } from 'node:events'
import { gossipsub } from '@libp2p/gossipsub'
import { kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { createNode } from '../src/node/index.ts'

const TOPIC = 'accuracy'

const [one, two] = await Promise.all([start(), start()])
const published = once(two.libp2p.services.pubsub, 'message')

two.libp2p.services.pubsub.subscribe(TOPIC)
await one.nebula.connect(two.libp2p.getMultiaddrs())
console.log(`${one.nebula.peers().length} link of the overlay`)

// what is published before gossipsub has heard of the subscription reaches no subscriber
const timer = setInterval(() => {
  void one.libp2p.services.pubsub.publish(TOPIC, new TextEncoder().encode('0.97'))
}, 200)
const [{ detail }] = (await published) as [CustomEvent<{ data: Uint8Array }>]

clearInterval(timer)
console.log(`gossipsub brought ${new TextDecoder().decode(detail.data)}`)

const { id } = await one.libp2p.peerRouting.findPeer(two.peerId, { signal: AbortSignal.timeout(10_000) })
console.log(`the DHT found ${id}`)
await Promise.all([one.stop(), two.stop()])

async function start() {
  return createNode(
    { federation: 'lab', listen: ['/ip4/127.0.0.1/tcp/0'], mdns: { enabled: false } },
    {
      libp2p: {
        services: {
          pubsub: gossipsub({ allowPublishToZeroTopicPeers: true }),
          // keeps private addresses, which is what a federation on a LAN has
          dht: kadDHT({ protocol: '/lab/kad/1.0.0', clientMode: false, peerInfoMapper: passthroughMapper })
        }
      }
    }
  )
}
