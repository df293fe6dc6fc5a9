/**
 * WebSocket over TLS with a certificate of your own, for browsers and for
 * networks that let through nothing else.
 *
 *   NODE_EXTRA_CA_CERTS=CERTIFICATE node examples/secure-websocket.ts CERTIFICATE KEY
 *
 * Two nodes in one process; both files are PEM, and the certificate names
 * localhost. A node that dials needs NODE_EXTRA_CA_CERTS only for a certificate
 * that no well-known authority has signed.
 */
import { readFile } from 'node:fs/promises'
import { webSockets } from '@libp2p/websockets'
import { multiaddr } from '@multiformats/multiaddr'
import { createNode } from '../src/node/index.ts'

const [certificate, key] = process.argv.slice(2)

if (certificate == null || key == null) {
  throw new TypeError('name the files of the certificate and of its key')
}

const https = { cert: await readFile(certificate), key: await readFile(key) }

const server = await start('/ip4/127.0.0.1/tcp/0/tls/ws')
const client = await start()
const [port] = server.libp2p.getMultiaddrs().map((addr) => addr.toString().split('/')[4])

const link = await client.nebula.connect(multiaddr(`/dns4/localhost/tcp/${port}/tls/ws/p2p/${server.peerId}`))
console.log(`linked over ${link.remoteAddr.toString().split('/p2p/')[0]}`)
await Promise.all([client.stop(), server.stop()])

async function start(...listen: string[]) {
  return createNode(
    // the node's own WebSocket transport has no certificate
    { federation: 'lab', transports: ['tcp'], listen, mdns: { enabled: false } },
    { libp2p: { transports: [webSockets({ https })] } }
  )
}
