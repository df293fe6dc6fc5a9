import { noise } from '@chainsafe/libp2p-noise'
import { tcp } from '@libp2p/tcp'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { TcpForwarder } from './tcp-forwarder.ts'
import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

export type TransportName = 'tcp' | 'ws'

export interface StreamNodeInit {
  transport: TransportName
  listen?: boolean
  /** Bytes; Yamux's own default when left out. */
  maxStreamWindowSize?: number
}

/** A node with nothing but a transport, Noise and Yamux, on loopback. */
export async function createStreamNode(init: StreamNodeInit): Promise<Libp2p> {
  const suffix = init.transport === 'ws' ? '/ws' : ''

  return createLibp2p({
    addresses: { listen: init.listen === true ? [`/ip4/127.0.0.1/tcp/0${suffix}`] : [] },
    transports: [init.transport === 'ws' ? webSockets() : tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux({ streamOptions: { maxStreamWindowSize: init.maxStreamWindowSize } })],
    connectionManager: { inboundConnectionThreshold: 1_000 },
    connectionMonitor: { enabled: false }
  })
}

/** Two nodes, a connection that can be lost or stalled, and pairs of streams over it in either direction. */
export class StreamNodes {
  readonly dialler: Libp2p
  readonly listener: Libp2p
  readonly #wire: TcpForwarder
  readonly #address: Multiaddr
  #connections: { dialler: Connection; listener: Connection } | undefined
  #protocols = 0

  private constructor(dialler: Libp2p, listener: Libp2p, wire: TcpForwarder, address: Multiaddr) {
    this.dialler = dialler
    this.listener = listener
    this.#wire = wire
    this.#address = address
  }

  static async create(init: Omit<StreamNodeInit, 'listen'>): Promise<StreamNodes> {
    const [dialler, listener] = await Promise.all([
      createStreamNode(init),
      createStreamNode({ ...init, listen: true })
    ])
    const wire = await TcpForwarder.to(Number(listener.getMultiaddrs()[0]?.toString().split('/')[4]))
    const address = multiaddr(`/ip4/127.0.0.1/tcp/${wire.port}${init.transport === 'ws' ? '/ws' : ''}`)

    return new StreamNodes(dialler, listener, wire, address)
  }

  /** A new stream, its opener's end first. */
  async open(opener: 'dialler' | 'listener'): Promise<[Stream, Stream]> {
    const connections = await this.#connect()
    const to = opener === 'dialler' ? this.listener : this.dialler
    const protocol = `/test/${++this.#protocols}`
    const accepted = Promise.withResolvers<Stream>()
    await to.handle(protocol, (stream) => accepted.resolve(stream))
    const opened = await connections[opener].newStream(protocol)
    const inbound = await accepted.promise
    await to.unhandle(protocol)

    return [opened, inbound]
  }

  /** Loses the connection without a word to its streams; the next `open` makes a new one. */
  cut(): void {
    this.#wire.cut()
    this.#wire.resume()
    this.#connections = undefined
  }

  /** Takes no more bytes from either end, until the connection is cut. */
  stall(): void {
    this.#wire.stall()
  }

  async stop(): Promise<void> {
    await Promise.all([this.dialler.stop(), this.listener.stop()])
    await this.#wire.close()
  }

  async #connect(): Promise<{ dialler: Connection; listener: Connection }> {
    if (this.#connections == null) {
      const accepted = Promise.withResolvers<Connection>()
      this.listener.addEventListener('connection:open', (evt) => accepted.resolve(evt.detail), { once: true })
      const dialler = await this.dialler.dial(this.#address)
      this.#connections = { dialler, listener: await accepted.promise }
    }

    return this.#connections
  }
}
