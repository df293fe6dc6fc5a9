/**
 * Linking with nodes whose addresses are known: over TCP and over WebSocket,
 * with and without the PeerId that has to answer, and what the errors are.
 *
 *   node examples/dial-by-multiaddr.ts
 *
 * In your project the import below reads
 * `import { createNode } from 'nebula-overlay/node'`.
 */
import { multiaddr } from '@multiformats/multiaddr'
import { createNode } from '../src/node/index.ts'

const listen = ['/ip4/127.0.0.1/tcp/0', '/ip4/127.0.0.1/tcp/0/ws']
const listener = await createNode({ federation: 'lab', listen, mdns: { enabled: false } })
const stranger = await createNode({ federation: 'elsewhere', listen, mdns: { enabled: false } })

/** Links a new node with whoever is at the address, and ends it. */
async function dial(address: string): Promise<void> {
  const dialler = await createNode({ federation: 'lab', listen: [], mdns: { enabled: false } })

  try {
    const link = await dialler.nebula.connect(multiaddr(address), { direct: true })

    console.log(`${address}: linked with ${link.peer}`)
  } catch (error) {
    console.log(`${address}: ${describe(error)}`)
  } finally {
    await dialler.stop()
  }
}

/** Errors are told apart by their name; a refusal also has a reason. */
function describe(error: unknown): string {
  const { name, reason = '', message } = error as Error & { reason?: string }

  return `${name} ${reason} (${message})`
}

const [tcp = '', webSocket = ''] = listener.libp2p.getMultiaddrs().map(String)
const [whoever = ''] = tcp.split('/p2p/')

await dial(tcp)
await dial(webSocket)
// whoever listens there is taken
await dial(whoever)
// another node than the one that is asked for
await dial(`${whoever}/p2p/${stranger.peerId}`)
// a node of another federation
await dial(String(stranger.libp2p.getMultiaddrs()[0]))
// nobody
await dial('/ip4/127.0.0.1/tcp/1')

await Promise.all([listener.stop(), stranger.stop()])
