import { noise } from '@chainsafe/libp2p-noise'
import { identify } from '@libp2p/identify'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { ModelProtocol } from '../../../../protocols/model/index.ts'
import type {
  ModelProtocolComponents,
  ModelProtocolInit,
  Reason,
  SinkEnd
} from '../../../../protocols/model/index.ts'
import type { Connection, Libp2p, PeerId } from '@libp2p/interface'

/** A libp2p node with the protocol on it, and what the protocol told. */
export interface ModelNode {
  node: Libp2p<{ models: ModelProtocol }>
  models: ModelProtocol
  violations: Array<{ peer: PeerId; error: Error }>
  connect(to: ModelNode): Promise<Connection>
}

export async function createModelNode(init: Partial<ModelProtocolInit> = {}): Promise<ModelNode> {
  const violations: ModelNode['violations'] = []
  const node = await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: { inboundConnectionThreshold: 1_000 },
    connectionMonitor: { enabled: false },
    services: {
      identify: identify(),
      models: (components: ModelProtocolComponents) =>
        new ModelProtocol(components, {
          accept: async () => true,
          known: () => undefined,
          onOffer: async (_, sink: SinkEnd) => sink.refuse('UNWANTED'),
          onWant: (): Reason => 'NOT_FOUND',
          onViolation: (peer, error) => violations.push({ peer, error }),
          ...init
        })
    }
  })

  return {
    node,
    models: node.services.models,
    violations,
    connect: async (to) => node.dial(to.node.getMultiaddrs())
  }
}
