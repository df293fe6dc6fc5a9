/**
 * What a user of js-libp2p without the overlay would write: the same transports,
 * encryption and services, a key and a datastore in a directory. Prints one line
 * of JSON when it listens.
 *
 * Argument: an empty directory.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { noise } from '@chainsafe/libp2p-noise'
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { generateKeyPair, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { tls } from '@libp2p/tls'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { LevelDatastore } from 'datastore-level'
import { createLibp2p } from 'libp2p'

const [, , directory = '.'] = process.argv
const privateKey = await generateKeyPair('Ed25519')
const datastore = new LevelDatastore(join(directory, 'store'))

await writeFile(join(directory, 'key'), privateKeyToProtobuf(privateKey))
await datastore.open()

const node = await createLibp2p({
  privateKey,
  datastore,
  addresses: { listen: ['/ip4/127.0.0.1/tcp/0', '/ip4/127.0.0.1/tcp/0/ws'] },
  transports: [tcp(), webSockets(), circuitRelayTransport()],
  connectionEncrypters: [noise(), tls()],
  streamMuxers: [yamux()],
  services: { identify: identify(), ping: ping() }
})

process.once('SIGTERM', () => {
  void Promise.resolve(node.stop()).then(async () => datastore.close())
})
process.stdout.write(
  `${JSON.stringify({
    event: 'ready',
    peerId: node.peerId.toString(),
    multiaddrs: node.getMultiaddrs().map(String)
  })}\n`
)
