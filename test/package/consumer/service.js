// A libp2p node of the user's own, with the overlay as one of its services.
import { noise } from '@chainsafe/libp2p-noise'
import { identify } from '@libp2p/identify'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { nebula } from 'nebula-overlay'

function create() {
  return createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify(), nebula: nebula({ federation: 'lab', mdns: { enabled: false } }) }
  })
}

const nodes = await Promise.all([create(), create()])
const [one, two] = nodes
const received = new Promise((resolve) => {
  two.services.nebula.addEventListener('message:control:alive', ({ detail }) => resolve(detail), {
    once: true
  })
})
const link = await one.services.nebula.connect(two.getMultiaddrs())
await one.services.nebula.send(
  link.peer,
  one.services.nebula.createMessage('control', 'alive', { log: 'hello' })
)
const { source, message } = await received

console.log(JSON.stringify({ from: source.equals(one.peerId), log: message.fields.log }))
await Promise.all(nodes.map((node) => node.stop()))
