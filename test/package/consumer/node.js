// A whole node from one configuration.
import { parseConfig } from 'nebula-overlay/config'
import { createNode } from 'nebula-overlay/node'

const node = await createNode(
  parseConfig({ federation: 'lab', listen: ['/ip4/127.0.0.1/tcp/0'], mdns: { enabled: false } })
)

console.log(
  JSON.stringify({ federation: node.nebula.federation, listens: node.libp2p.getMultiaddrs().length })
)
await node.stop()
