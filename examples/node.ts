/**
 * A whole node from one configuration: it looks for its federation on the LAN,
 * and tells what happens until Ctrl-C.
 *
 *   node examples/node.ts [MULTIADDR]...
 *
 * Start it on several machines, or several times on one. Where there is no
 * multicast, give the later ones an address that the first one prints. In your
 * project the import below reads
 * `import { createNode } from 'nebula-overlay/node'`.
 */
import { once } from 'node:events'
import { createNode } from '../src/node/index.ts'

const node = await createNode(
  {
    federation: 'lab',
    listen: ['/ip4/0.0.0.0/tcp/0', '/ip4/0.0.0.0/tcp/0/ws'],
    mdns: { enabled: process.env['NO_MULTICAST'] == null },
    // those that are found become neighbours, as do the nodes named here
    joining: { direct: true },
    direct: process.argv.slice(2)
  },
  // events that come with the start are not to be missed
  { start: false }
)

node.nebula.addEventListener('link:open', ({ detail: link }) => {
  console.log(`linked with ${link.peer} at ${link.remoteAddr}`)
})
node.nebula.addEventListener('link:close', ({ detail: { link, reason } }) => {
  console.log(`no longer linked with ${link.peer}: ${reason}`)
})
node.nebula.addEventListener('join:failed', ({ detail: { target, error } }) => {
  console.log(`cannot link with ${target}: ${error.message}`)
})
node.nebula.addEventListener('message', ({ detail: { source, message } }) => {
  console.log(`${source} sent ${message.type} ${message.action}`)
})

await node.start()
node.libp2p.getMultiaddrs().forEach((address) => console.log(`listening on ${address}`))

await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
await node.stop()
