/**
 * Two nodes that cannot reach each other, and a proxy that both can.
 *
 *   node examples/proxy.ts
 *
 * What is sent by way of a proxy is acknowledged by the peer that it is for.
 * In your project the import below reads
 * `import { createNode } from 'nebula-overlay/node'`.
 */
import { createNode } from '../src/node/index.ts'
import type { ConfigInput } from '../src/config/index.ts'

const config: ConfigInput = { federation: 'lab', mdns: { enabled: false } }
const proxy = await createNode({ ...config, proxy: true, listen: ['/ip4/127.0.0.1/tcp/0'] })

// nobody can dial these: they listen on nothing, as if each were behind a NAT
const [alice, bob] = await Promise.all([
  createNode({ ...config, listen: [] }),
  createNode({ ...config, listen: [] })
])

await alice.nebula.connect(proxy.libp2p.getMultiaddrs(), { direct: false })
await bob.nebula.connect(proxy.libp2p.getMultiaddrs(), { direct: false })

bob.nebula.addEventListener('message:control:overhead', ({ detail: { source, from, message } }) => {
  console.log(`bob got "${message.fields.log}" of ${source} from ${from}`)
})

const hello = alice.nebula.createMessage('control', 'overhead', { log: 'hello' })

await alice.nebula.sendVia(proxy.peerId, bob.peerId, hello)
console.log('bob has it: the acknowledgement is his')
await bob.stop()

// errors say why; after TIMEOUT and LOST the message may have arrived all the same
await alice.nebula.sendVia(proxy.peerId, bob.peerId, hello).catch(({ name, status }) => {
  console.log(`and now: ${name} ${status}`)
})
await Promise.all([alice.stop(), proxy.stop()])
