import { noise } from '@chainsafe/libp2p-noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { MessageProtocol } from '../../../../protocols/message/index.ts'
import type { Envelope } from '../../../../protocols/message/index.ts'
import type {
  MessageProtocolComponents,
  MessageProtocolInit
} from '../../../../protocols/message/message-protocol.ts'
import type { Connection, Libp2p, Stream } from '@libp2p/interface'

export const PROTOCOL = '/nebula/message/1.0.0'

export interface Received {
  connection: Connection
  envelope: Envelope
  byteLength: number
}

/** A node that speaks the protocol without any overlay above it, and what it was told. */
export class ProtocolNode {
  readonly node: Libp2p
  readonly protocol: MessageProtocol
  readonly received: Received[] = []
  readonly violations: Error[] = []

  private constructor(
    node: Libp2p,
    components: MessageProtocolComponents,
    init: Partial<MessageProtocolInit>
  ) {
    this.node = node
    this.protocol = new MessageProtocol(components, {
      accept: async () => true,
      onEnvelope: (connection, envelope, byteLength) => {
        this.received.push({ connection, envelope, byteLength })
      },
      onViolation: (_peer, error) => {
        this.violations.push(error)
      },
      ...init
    })
  }

  static async create(init: Partial<MessageProtocolInit> = {}): Promise<ProtocolNode> {
    let components: MessageProtocolComponents | undefined

    const node = await createLibp2p({
      addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionManager: { inboundConnectionThreshold: 1_000 },
      connectionMonitor: { enabled: false },
      services: {
        components: (given: MessageProtocolComponents) => {
          components = given

          return {}
        }
      }
    })

    if (components == null) {
      throw new Error('libp2p made no services')
    }

    const { registrar, logger } = components
    const made = new ProtocolNode(node, { registrar, logger }, init)

    await made.protocol.start()

    return made
  }

  async dial(other: ProtocolNode): Promise<Connection> {
    return this.node.dial(other.node.getMultiaddrs())
  }

  /** A stream without an outbox, for what no outbox would send. */
  async raw(other: ProtocolNode): Promise<Stream> {
    return (await this.dial(other)).newStream(PROTOCOL)
  }

  async stop(): Promise<void> {
    await this.protocol.stop()
    await this.node.stop()
  }
}

/** Makes nodes, hands them over, and stops them, whatever happens in between. */
export async function withProtocolNodes(
  inits: Array<Partial<MessageProtocolInit>>,
  run: (...nodes: [ProtocolNode, ProtocolNode, ...ProtocolNode[]]) => Promise<void>
): Promise<void> {
  const nodes = await Promise.all(inits.map(async (init) => ProtocolNode.create(init)))
  const [first, second, ...rest] = nodes

  try {
    if (first != null && second != null) {
      await run(first, second, ...rest)
    }
  } finally {
    await Promise.all(nodes.map(async (node) => node.stop()))
  }
}

/** Resolves with the error, if any, that the stream was closed with. */
export async function closed(stream: Stream): Promise<Error | undefined> {
  return stream.status === 'open'
    ? new Promise((resolve) =>
        stream.addEventListener('close', ({ error }) => resolve(error), { once: true })
      )
    : undefined
}
