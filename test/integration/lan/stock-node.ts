/**
 * A js-libp2p node that knows nothing of the overlay, on the mDNS tag of a
 * federation. Prints `ready`, then `peer` for each answer it hears and
 * `connect` and `disconnect`. Dials whom it hears.
 *
 * Arguments: federation, `dial` or `wait`.
 */
import { noise } from '@chainsafe/libp2p-noise'
import { identify } from '@libp2p/identify'
import { mdns } from '@libp2p/mdns'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { SERVICE_TAG_PREFIX } from '../../../src/discovery/constants.ts'

const [, , federation = 'lab', behaviour = 'dial'] = process.argv

const node = await createLibp2p({
  addresses: { listen: ['/ip4/0.0.0.0/tcp/0'] },
  transports: [tcp()],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
  peerDiscovery: [mdns({ serviceTag: `${SERVICE_TAG_PREFIX}${federation}._udp.local`, interval: 1_000 })],
  services: { identify: identify(), ping: ping() }
})

node.addEventListener('peer:connect', ({ detail }) => print({ event: 'connect', peer: detail.toString() }))
node.addEventListener('peer:disconnect', ({ detail }) =>
  print({ event: 'disconnect', peer: detail.toString() })
)
node.addEventListener('peer:discovery', ({ detail }) => {
  print({ event: 'peer', peer: detail.id.toString(), multiaddrs: detail.multiaddrs.map(String) })

  if (behaviour === 'dial') {
    node.dial(detail.id).catch((err: Error) => print({ event: 'dial-failed', message: err.message }))
  }
})
process.once('SIGTERM', () => {
  void Promise.resolve(node.stop())
})
print({
  event: 'ready',
  peerId: node.peerId.toString(),
  multiaddrs: node.getMultiaddrs().map(String)
})

function print(line: { event: string; [key: string]: unknown }): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
