import { CODE_IP6, CODE_IP6ZONE } from '@multiformats/multiaddr'
import { Server } from 'node:net'
import { ipOf } from '../lib/net/index.ts'
import type { CreateListenerOptions, Listener, Transport } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Socket } from 'node:net'

const WILDCARD = '::'

/** What a listener of `@libp2p/tcp` has, though not in its type. */
interface MaybeServer {
  server?: unknown
}

/** Whether a transport is `@libp2p/tcp`, however it was made. */
export function isTcp(transport: Transport): boolean {
  return transport[Symbol.toStringTag] === '@libp2p/tcp'
}

/**
 * Link-local IPv6 addresses for `@libp2p/tcp`, which leaves out the zone when it
 * dials and listens, and closes each connection that comes from one, as a
 * multiaddr takes no zone within the address. Tells on which ports connections
 * to them are taken.
 */
export class LinkLocalTcp {
  /** Where each listens, a wildcard or a link-local address. */
  readonly #listeners = new Map<Listener, { host: string; port: number }>()

  /** TCP ports on which connections to a link-local address of this machine are taken. */
  portsAt(address: string): number[] {
    return [...this.#listeners.values()]
      .filter(({ host }) => host === WILDCARD || host === address)
      .map(({ port }) => port)
  }

  /** Lets the transport dial link-local addresses, and take connections from them. */
  extend(transport: Transport): Transport {
    const dial = transport.dial.bind(transport)
    const createListener = transport.createListener.bind(transport)

    return Object.assign(transport, {
      dial: async (...[addr, options]: Parameters<Transport['dial']>) => {
        const host = scopedHostOf(addr)

        // what is in the options goes to `net.connect` in the place of what the address says
        const scoped = host == null ? options : Object.assign({}, options, { host })

        return await dial(addr, scoped)
      },
      createListener: (options: CreateListenerOptions) => this.#extendListener(createListener(options))
    })
  }

  #extendListener(listener: Listener & MaybeServer): Listener {
    const { server } = listener

    if (!(server instanceof Server)) {
      // another release of @libp2p/tcp: without link-local addresses
      return listener
    }

    const listen = listener.listen.bind(listener)

    server.prependListener('connection', hideZone)
    server.on('close', () => this.#listeners.delete(listener))

    return Object.assign(listener, {
      listen: async (addr: Multiaddr) => {
        const host = scopedHostOf(addr)

        if (host != null) {
          listenAt(server, host)
        }

        await listen(addr)

        const address = server.address()

        if (address != null && typeof address === 'object') {
          this.#listeners.set(listener, { host: ipOf(addr)?.address ?? '', port: address.port })
        }
      }
    })
  }
}

/** `fe80::1%eth0` for `/ip6zone/eth0/ip6/fe80::1/...`. */
function scopedHostOf(addr: Multiaddr): string | undefined {
  const [zone, ip] = addr.getComponents()

  return zone?.code === CODE_IP6ZONE && ip?.code === CODE_IP6 ? `${ip.value}%${zone.value}` : undefined
}

function hideZone(socket: Socket): void {
  const [address, zone] = socket.remoteAddress?.split('%') ?? []

  if (zone != null) {
    Object.defineProperty(socket, 'remoteAddress', { value: address })
  }
}

/** The listener gives its server the address without the zone. */
function listenAt(server: Server, host: string): void {
  const listen = server.listen.bind(server)

  server.listen = ((options: object, onListening: () => void) =>
    listen({ ...options, host }, onListening)) as Server['listen']
}
