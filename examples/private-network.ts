/**
 * A private network: only nodes that hold its key can connect.
 *
 *   node examples/private-network.ts
 *
 * Nodes in one process: two with the key link, a third with another key does
 * not. With the command, name a file that holds the key in `libp2p.swarmKey`.
 */
import { generateKey, preSharedKey } from '@libp2p/pnet'
import { createNode } from '../src/node/index.ts'

const key = newKey()
const [one, two, stranger] = await Promise.all([start(key), start(key), start(newKey())])

const link = await one.nebula.connect(two.libp2p.getMultiaddrs())
console.log(`linked with ${link.peer}`)

await stranger.nebula
  .connect(two.libp2p.getMultiaddrs(), { signal: AbortSignal.timeout(5_000) })
  .catch(() => console.log('a node with another key does not get in'))
await Promise.all([one.stop(), two.stop(), stranger.stop()])

async function start(psk: Uint8Array) {
  return createNode(
    { federation: 'lab', listen: ['/ip4/127.0.0.1/tcp/0'], mdns: { enabled: false } },
    { libp2p: { connectionProtector: preSharedKey({ psk }) } }
  )
}

function newKey(): Uint8Array {
  const bytes = new Uint8Array(95)

  generateKey(bytes)

  return bytes
}
