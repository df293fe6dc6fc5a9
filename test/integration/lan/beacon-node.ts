/**
 * A libp2p node with nothing but a beacon. Prints `ready`, then `peer` for
 * each answer it hears, `warning` for each fault and `warning:end` when it is over.
 *
 * Arguments: federation, interval in milliseconds.
 */
import { noise } from '@chainsafe/libp2p-noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { MdnsBeacon } from '../../../src/discovery/mdns-beacon.ts'
import { Warnings } from '../../../src/warnings/index.ts'
import type { MdnsBeaconComponents } from '../../../src/discovery/mdns-beacon.ts'

const [, , federation = 'lab', interval = '500'] = process.argv

const node = await createLibp2p({
  addresses: { listen: ['/ip4/0.0.0.0/tcp/0'] },
  transports: [tcp()],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
  services: { held: (components: MdnsBeaconComponents) => ({ components }) }
})
const warnings = new Warnings(node.services.held.components)
const beacon = new MdnsBeacon(node.services.held.components, {
  warnings,
  federation,
  interval: Number(interval),
  maxInterval: Number(interval)
})

beacon.addEventListener('peer', ({ detail }) => {
  print({ event: 'peer', peer: detail.id.toString(), multiaddrs: detail.multiaddrs.map(String) })
})
warnings.addEventListener('raised', ({ detail: { code } }) => print({ event: 'warning', code }))
warnings.addEventListener('ended', ({ detail: { code } }) => print({ event: 'warning:end', code }))
process.once('SIGTERM', () => {
  void beacon.stop().then(async () => await node.stop())
})
await beacon.start()
print({ event: 'ready', peerId: node.peerId.toString() })

function print(line: { event: string; [key: string]: unknown }): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
