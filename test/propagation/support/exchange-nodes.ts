import { noise } from '@chainsafe/libp2p-noise'
import { identify } from '@libp2p/identify'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { MIN_CHUNK_BYTES } from '../../../protocols/model/limits.ts'
import { MemoryStorage, ModelExchange } from '../../../src/propagation/index.ts'
import type {
  ModelExchangeComponents,
  ModelExchangeEvents,
  ModelExchangeInit,
  ModelReader
} from '../../../src/propagation/index.ts'
import type { Connection, Libp2p, PeerId } from '@libp2p/interface'

/** A node that passes every model on to all it is connected with but the sender. */
export class ExchangeNode {
  readonly node: Libp2p
  readonly models: ModelExchange
  readonly violations: Array<{ peer: PeerId; error: Error }> = []
  readonly stalls: PeerId[] = []

  private constructor(node: Libp2p, models: ModelExchange) {
    this.node = node
    this.models = models
  }

  static async create(init: Partial<ModelExchangeInit> = {}): Promise<ExchangeNode> {
    const relay = (_: unknown, from: PeerId): Connection[] =>
      node.getConnections().filter(({ remotePeer }) => !remotePeer.equals(from))
    const node: Libp2p<{ models: ModelExchange }> = await createLibp2p({
      addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionManager: { inboundConnectionThreshold: 1_000 },
      connectionMonitor: { enabled: false },
      services: {
        identify: identify(),
        models: (components: ModelExchangeComponents) =>
          new ModelExchange(components, {
            federation: 'lab',
            chunkSize: MIN_CHUNK_BYTES,
            storage: new MemoryStorage(),
            accept: async () => true,
            onViolation: (peer, error) => self.violations.push({ peer, error }),
            onStall: (peer) => self.stalls.push(peer),
            relay,
            alternatives: () => node.getConnections(),
            ...init
          })
      }
    })
    const self = new ExchangeNode(node, node.services.models)

    return self
  }

  get peerId(): PeerId {
    return this.node.peerId
  }

  async connect(to: ExchangeNode): Promise<Connection> {
    return this.node.dial(to.node.getMultiaddrs())
  }

  connectionTo(other: ExchangeNode): Connection {
    const [connection] = this.node.getConnections(other.peerId)

    if (connection == null) {
      throw new Error('There is no connection')
    }

    return connection
  }

  /** The next model that begins, comes or fails. */
  async next<K extends 'model' | 'model:begin' | 'model:failed'>(
    type: K
  ): Promise<ModelExchangeEvents[K]['detail']> {
    return new Promise((resolve) => {
      this.models.addEventListener(
        type,
        (event: CustomEvent) => resolve(event.detail as ModelExchangeEvents[K]['detail']),
        { once: true }
      )
    })
  }

  async nextModel(): Promise<ModelReader> {
    return (await this.next('model')).model
  }
}

/** Nodes that are stopped together. */
export class ExchangeNodes {
  readonly #nodes: ExchangeNode[] = []

  async create(init?: Partial<ModelExchangeInit>): Promise<ExchangeNode> {
    const node = await ExchangeNode.create(init)

    this.#nodes.push(node)

    return node
  }

  /** Nodes in a line, each connected with the next. */
  async line(count: number, init?: Partial<ModelExchangeInit>): Promise<ExchangeNode[]> {
    const nodes: ExchangeNode[] = []

    for (let created = 0; created < count; created++) {
      const node = await this.create(init)

      await nodes.at(-1)?.connect(node)
      nodes.push(node)
    }

    return nodes
  }

  async stop(): Promise<void> {
    await Promise.all(this.#nodes.splice(0).map(async ({ node }) => node.stop()))
  }
}
