/**
 * The overlay as a service of your own libp2p node.
 *
 *   node examples/service.ts
 *
 * Two nodes in one process: the first links with the second and sends it a
 * message. In your project the import below reads
 * `import { nebula } from 'nebula-overlay'`.
 */
import { noise } from '@chainsafe/libp2p-noise'
import { identify } from '@libp2p/identify'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { nebula } from '../src/index.ts'

async function createNode() {
  return createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: {
      identify: identify(),
      ping: ping(),
      // leave `mdns` out, and the nodes of a federation find each other on the LAN
      nebula: nebula({ federation: 'lab', mdns: { enabled: false } })
    }
  })
}

const one = await createNode()
const two = await createNode()
const answered = Promise.withResolvers<void>()

two.services.nebula.addEventListener('message:control:alive', ({ detail: { source, message } }) => {
  console.log(`${source} says ${message.fields.log}`)
  answered.resolve()
})

const link = await one.services.nebula.connect(two.getMultiaddrs())
console.log(`linked with ${link.peer}, ${link.direct ? 'a neighbour' : 'no neighbour'}`)

const message = one.services.nebula.createMessage('control', 'alive', { log: 'hello' })
await one.services.nebula.sendToNeighbours(message)
await answered.promise
await Promise.all([one.stop(), two.stop()])
