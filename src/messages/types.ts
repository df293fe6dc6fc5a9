import type { AbortOptions } from '@libp2p/interface'

/**
 * The messages of NEBULA by type and action, and `app`, which is an addition. Names follow the schema
 * (`proto/nebula.proto`), in lower case as the reference's events name them.
 */
export interface MessageActions {
  discovery: 'discover' | 'register' | 'deregister'
  control:
    | 'alive'
    | 'overhead'
    | 'mobility'
    | 'recovery'
    | 'weak_link'
    | 'leadership_transfer'
    | 'leadership_transfer_ack'
  federation: 'federation_start' | 'reputation' | 'federation_models_included' | 'federation_ready'
  model: ''
  connection: 'connect' | 'disconnect' | 'late_connect' | 'restructure'
  response: ''
  reputation: 'share'
  discover: 'discover_join' | 'discover_nodes' | 'late_connect' | 'restructure'
  offer: 'offer_model' | 'offer_metric'
  link: 'connect_to' | 'disconnect_from'
  app: 'notify' | 'request' | 'reply'
}

export interface MessageFields {
  discovery: { latitude: number; longitude: number }
  control: { log: string }
  federation: { arguments: string[]; round: number }
  /** `weight` is the number of samples behind the model. */
  model: { parameters: Uint8Array; weight: bigint; round: number }
  connection: Record<string, never>
  response: { response: string }
  /** `nodeId` is the PeerId the opinion is about. */
  reputation: { nodeId: string; score: number; round: number }
  discover: Record<string, never>
  offer: {
    nNeighbors: number
    loss: number
    parameters: Uint8Array
    rounds: number
    round: number
    epochs: number
  }
  /** `addrs` are multiaddrs or PeerIds, separated by spaces. */
  link: { addrs: string }
  /** `requestId` is the request's, in `request` and in the `reply` to it. */
  app: { topic: string; payload: Uint8Array; requestId: string }
}

export type MessageType = keyof MessageActions

/** One message, before it has a source and after it was read. */
export type Message<T extends MessageType = MessageType> = {
  [K in T]: { type: K; action: MessageActions[K]; fields: MessageFields[K] }
}[T]

/** What an application asks that of a linked peer. */
export interface AppRequest {
  /** What it is about, by which the other application tells requests apart. */
  topic: string
  /** @default none */
  payload?: Uint8Array
}

export interface RequestOptions extends AbortOptions {
  /** Milliseconds until the reply. @default 30_000 */
  timeout?: number
}
