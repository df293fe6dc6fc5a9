import { noise } from '@chainsafe/libp2p-noise'
import { identify } from '@libp2p/identify'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { lpStream } from '@libp2p/utils'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { nebula_handshake as pb } from '../../proto/handshake.js'
import { nebula } from '../../src/index.ts'
import { PATIENCE_MS } from './patience.ts'
import type { Nebula, NebulaEvents, NebulaInit } from '../../src/index.ts'
import type { Connection, Libp2p, PeerId, Stream } from '@libp2p/interface'
import type { LengthPrefixedStream } from '@libp2p/utils'
import type { Libp2pOptions } from 'libp2p'

export type OverlayNode = Libp2p<{ identify: unknown; ping: unknown; nebula: Nebula }>

function stack(): Libp2pOptions {
  return {
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0', '/ip4/127.0.0.1/tcp/0/ws'] },
    transports: [tcp(), webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: { inboundConnectionThreshold: 1_000 }
  }
}

/** A libp2p node with the overlay on loopback; mDNS is off unless `init` says otherwise. */
export async function createOverlayNode(
  init: NebulaInit = {},
  options: Libp2pOptions = {}
): Promise<OverlayNode> {
  return createLibp2p({
    ...stack(),
    ...options,
    services: {
      identify: identify(),
      ping: ping(),
      nebula: nebula({ federation: 'test', mdns: { enabled: false }, ...init })
    }
  })
}

/** A libp2p node that knows nothing of the overlay. */
export async function createStockNode(options: Libp2pOptions = {}): Promise<Libp2p> {
  return createLibp2p({ ...stack(), ...options, services: { identify: identify(), ping: ping() } })
}

/** Starts nodes for one test and stops them when it ends, however it ends. */
export async function withNodes<T extends readonly Libp2p[]>(
  nodes: { [K in keyof T]: Promise<T[K]> },
  run: (...started: T) => Promise<void>
): Promise<void> {
  const started = await Promise.all(nodes as readonly Promise<Libp2p>[])

  try {
    await run(...(started as unknown as T))
  } finally {
    await Promise.all(started.map(async (node) => node.stop()))
  }
}

/** Resolves with the detail of the next such event that passes the check. */
export async function next<K extends keyof NebulaEvents>(
  node: { services: { nebula: Nebula } },
  type: K,
  check: (detail: NebulaEvents[K]['detail']) => boolean = () => true
): Promise<NebulaEvents[K]['detail']> {
  const { promise, resolve } = Promise.withResolvers<NebulaEvents[K]['detail']>()
  const { nebula: overlay } = node.services
  const listener = (event: Event): void => {
    const { detail } = event as NebulaEvents[K]

    if (check(detail)) {
      overlay.removeEventListener(type, listener)
      resolve(detail)
    }
  }

  overlay.addEventListener(type, listener)

  return promise
}

/** Polls until the condition holds; what it waits for is real I/O of other nodes, which no clock can move. */
export async function until(what: string, condition: () => boolean, timeoutMs = PATIENCE_MS): Promise<void> {
  for (const end = Date.now() + timeoutMs; !condition();) {
    if (Date.now() > end) {
      throw new Error(`Waited ${timeoutMs} ms for: ${what}`)
    }

    await new Promise<void>((resolve) => setTimeout(resolve, 5))
  }
}

/** The handshake spoken by hand, as another implementation, or an attacker, would. */
export class RawHandshake {
  readonly stream: Stream
  readonly #frames: LengthPrefixedStream

  constructor(stream: Stream) {
    this.stream = stream
    this.#frames = lpStream(stream)
  }

  static async open(connection: Connection): Promise<RawHandshake> {
    return new RawHandshake(await connection.newStream('/nebula/handshake/1.0.0'))
  }

  async send(frame: Partial<pb.HandshakeFrame>): Promise<void> {
    await this.#frames.write(pb.HandshakeFrame.encode(frame))
  }

  async sendBytes(bytes: Uint8Array): Promise<void> {
    await this.#frames.write(bytes)
  }

  async read(): Promise<pb.HandshakeFrame> {
    return pb.HandshakeFrame.decode(await this.#frames.read({ signal: AbortSignal.timeout(PATIENCE_MS) }))
  }
}

/** A Hello with sensible fields. */
export function rawHello(fields: Omit<Partial<pb.Hello>, 'node'> & { node?: Partial<pb.NodeInfo> } = {}): {
  hello: pb.Hello
} {
  return {
    hello: {
      attempt: BigInt(Date.now()) * 1_000n,
      direct: true,
      priority: pb.Priority.MEDIUM,
      ...fields,
      node: {
        federation: 'test',
        proxy: false,
        roles: [],
        round: undefined,
        listenAddrs: [],
        agent: 'raw',
        ...fields.node
      }
    }
  }
}

/** Makes a link, which both nodes know of when this resolves. */
export async function linkNodes(from: OverlayNode, to: OverlayNode, direct = true): Promise<void> {
  await from.services.nebula.connect(to.getMultiaddrs(), { direct })
  await until('both have the link', () => has(to, from.peerId))
}

export function has(node: OverlayNode, peer: PeerId): boolean {
  return node.services.nebula.link(peer) != null
}
