/**
 * A bare socket on the group of multicast DNS, with nothing of the overlay.
 * Prints `ready`, then `question` and `answer` for each packet that names the
 * tag, with its sender, and `reply` for what is sent to it alone. On stdin,
 * `ask` asks from a port of its own, and `announce PEERID MULTIADDR` announces
 * a made-up peer.
 *
 * Arguments: federation, the IPv4 address of the host.
 */
import { createSocket } from 'node:dgram'
import { createInterface } from 'node:readline'
import { decode, encode } from 'dns-packet'
import { mdnsAnswer } from '../../support/mdns-packet.ts'
import type { DecodedPacket } from 'dns-packet'

const GROUP = '224.0.0.251'
const PORT = 5_353
const [, , federation = 'nebula', address = ''] = process.argv
const tag = `_nebula-${federation}._udp.local`
const socket = createSocket({ type: 'udp4', reuseAddr: true })
const asker = createSocket('udp4')

socket.on('message', (bytes, from) => {
  const packet = read(bytes)

  if (packet?.questions?.some(({ name }) => name === tag) === true) {
    print({ event: 'question', from: from.address })
  } else if (isAlive(packet)) {
    print({ event: 'answer', from: from.address, texts: textsOf(packet) })
  }
})
asker.on('message', (bytes, from) => {
  const packet = read(bytes)

  if (isAlive(packet)) {
    print({ event: 'reply', from: from.address, texts: textsOf(packet) })
  }
})
socket.bind(PORT, () => {
  socket.addMembership(GROUP, address)
  socket.setMulticastInterface(address)
  asker.bind(0, address, () => {
    asker.setMulticastInterface(address)
    print({ event: 'ready' })
  })
})

createInterface(process.stdin).on('line', (line) => {
  const [command, peer = '', addr = ''] = line.split(' ')

  if (command === 'ask') {
    asker.send(encode({ type: 'query', id: 1, questions: [{ name: tag, type: 'PTR' }] }), PORT, GROUP)
  } else {
    socket.send(mdnsAnswer(tag, `i${peer.slice(-20)}`, [`dnsaddr=${addr}/p2p/${peer}`]), PORT, GROUP)
  }
})
process.once('SIGTERM', () => process.exit(0))

function read(bytes: Buffer): DecodedPacket | undefined {
  try {
    return decode(bytes)
  } catch {
    return undefined
  }
}

/** Whether it tells of an instance, and not that it has gone. */
function isAlive(packet?: DecodedPacket): boolean {
  return packet?.answers?.some((one) => one.type === 'PTR' && one.name === tag && one.ttl !== 0) === true
}

function textsOf(packet?: DecodedPacket): string[] {
  return [...(packet?.answers ?? []), ...(packet?.additionals ?? [])].flatMap((one) =>
    one.type === 'TXT' ? [one.data].flat().map(String) : []
  )
}

function print(line: { event: string; [key: string]: unknown }): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
