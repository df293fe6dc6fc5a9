import { createSocket } from 'node:dgram'
import { networkInterfaces } from 'node:os'
import type { DatagramHandlers, Datagrams, IpFamily, Receiver, Transmitter } from './types.ts'
import type { Socket } from 'node:dgram'

/** RFC 6762, section 11: what is sent with fewer hops may be taken for the Internet's. */
const MULTICAST_TTL = 255

/** The sockets of Node.js. All share their port with other programs that share it, as other responders do. */
export const nodeDatagrams: Datagrams = {
  interfaces: () => networkInterfaces(),

  async receive(family, port, handlers): Promise<Receiver> {
    const socket = await open(family, port, family === 'ipv4' ? '0.0.0.0' : '::', handlers)

    return {
      join: (group, scope) => ignoring('EADDRINUSE', () => socket.addMembership(group, scope)),
      leave: (group, scope) => socket.dropMembership(group, scope),
      close: async () => await close(socket)
    }
  },

  async transmit({ family, address, scope }, port, handlers): Promise<Transmitter> {
    const socket = await open(family, port, address, handlers)

    try {
      socket.setMulticastInterface(scope)
      socket.setMulticastTTL(MULTICAST_TTL)
      // other nodes of this machine hear it, too
      socket.setMulticastLoopback(true)
    } catch (err) {
      await close(socket)
      throw err
    }

    return {
      join: (group) => ignoring('EADDRINUSE', () => socket.addMembership(group, scope)),
      send: async (bytes, to, host) => {
        await new Promise<void>((resolve, reject) => {
          socket.send(bytes, to, host, (err) => (err == null ? resolve() : reject(err)))
        })
      },
      close: async () => await close(socket)
    }
  }
}

async function open(
  family: IpFamily,
  port: number,
  address: string,
  { onMessage, onError }: DatagramHandlers
): Promise<Socket> {
  const socket = createSocket({
    type: family === 'ipv4' ? 'udp4' : 'udp6',
    reuseAddr: true,
    ipv6Only: family === 'ipv6'
  })

  socket.on('message', (bytes, from) => {
    const [host = '', zone] = from.address.split('%')
    onMessage(bytes, { address: host, port: from.port, ...(zone == null ? {} : { zone }) })
  })

  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.bind({ port, address, exclusive: true }, () => {
        socket.off('error', reject)
        resolve()
      })
    })
  } catch (err) {
    await close(socket)
    throw err
  }

  socket.on('error', onError)

  return socket
}

async function close(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => socket.close(() => resolve()))
}

function ignoring(code: string, call: () => void): void {
  try {
    call()
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code !== code) {
      throw err
    }
  }
}
