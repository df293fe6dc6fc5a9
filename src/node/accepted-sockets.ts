import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { BlockList, isIP } from 'node:net'
import type { Socket } from 'node:net'

const CHANNEL = 'net.server.socket'
const WILDCARDS = ['0.0.0.0', '::']

/**
 * Tells of every socket a listener accepts, until the returned function is
 * called. Node.js tells of those of all servers in the process; `host` is what
 * the listener was asked for, `port` what it has.
 */
export function watchAccepted(host: string, port: number, onSocket: (socket: Socket) => void): () => void {
  const isLocal = localAddressOf(host)
  const onMessage = (message: unknown): void => {
    const { socket } = message as { socket: Socket }

    if (socket.localPort === port && isLocal(socket.localAddress?.split('%')[0] ?? '')) {
      onSocket(socket)
    }
  }

  subscribe(CHANNEL, onMessage)

  return () => {
    unsubscribe(CHANNEL, onMessage)
  }
}

function localAddressOf(host: string): (address: string) => boolean {
  const family = isIP(host)

  if (family === 0) {
    // a name; the port is all that is known
    return () => true
  }

  if (WILDCARDS.includes(host)) {
    return (address) => isIP(address) === family
  }

  // compares the addresses, and not how they are written
  const own = new BlockList()
  own.addAddress(host, familyName(family))

  return (address) => isIP(address) === family && own.check(address, familyName(family))
}

function familyName(family: number): 'ipv4' | 'ipv6' {
  return family === 6 ? 'ipv6' : 'ipv4'
}
