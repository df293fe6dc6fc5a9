/**
 * Holds a UDP port on all addresses of both kinds, and shares it with no other
 * program. Prints `ready`.
 *
 * Argument: the port.
 */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'

const port = Number(process.argv[2])

for (const type of ['udp4', 'udp6'] as const) {
  const socket = createSocket({ type, ipv6Only: type === 'udp6' })

  socket.bind({ port, exclusive: true })
  await once(socket, 'listening')
}

process.once('SIGTERM', () => process.exit(0))
process.stdout.write(`${JSON.stringify({ event: 'ready' })}\n`)
