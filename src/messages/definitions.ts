import type { MessageActions, MessageFields, MessageType } from './types.ts'
import type { nebula } from '../../proto/nebula.js'

type WireField = Exclude<keyof nebula.Wrapper, 'source'>

/** How a field is checked before it goes on the wire. */
export type FieldKind = 'string' | 'strings' | 'float' | 'int32' | 'int64' | 'bytes'

export interface MessageDefinition<T extends MessageType> {
  /** The member of the Wrapper's `oneof`. */
  wire: WireField
  /** In the order of their numbers; empty where the message has no action. */
  actions: ReadonlyArray<MessageActions[T]>
  kinds: { [F in keyof MessageFields[T]]: FieldKind }
  /** What the seed fills in for fields that are left out; new at each call, as they are the message's to change. */
  defaults(): MessageFields[T]
}

/** Every message there is; names, actions and defaults are the seed's (its `MessagesManager`). */
export const DEFINITIONS: { readonly [T in MessageType]: MessageDefinition<T> } = {
  discovery: {
    wire: 'discoveryMessage',
    actions: ['discover', 'register', 'deregister'],
    kinds: { latitude: 'float', longitude: 'float' },
    defaults: () => ({ latitude: 0, longitude: 0 })
  },
  control: {
    wire: 'controlMessage',
    actions: [
      'alive',
      'overhead',
      'mobility',
      'recovery',
      'weak_link',
      'leadership_transfer',
      'leadership_transfer_ack'
    ],
    kinds: { log: 'string' },
    defaults: () => ({ log: 'Control message' })
  },
  federation: {
    wire: 'federationMessage',
    actions: ['federation_start', 'reputation', 'federation_models_included', 'federation_ready'],
    kinds: { arguments: 'strings', round: 'int32' },
    defaults: () => ({ arguments: [], round: 0 })
  },
  model: {
    wire: 'modelMessage',
    actions: [],
    kinds: { parameters: 'bytes', weight: 'int64', round: 'int32' },
    defaults: () => ({ parameters: new Uint8Array(0), weight: 1n, round: 0 })
  },
  connection: {
    wire: 'connectionMessage',
    actions: ['connect', 'disconnect', 'late_connect', 'restructure'],
    kinds: {},
    defaults: () => ({})
  },
  response: {
    wire: 'responseMessage',
    actions: [],
    kinds: { response: 'string' },
    defaults: () => ({ response: '' })
  },
  reputation: {
    wire: 'reputationMessage',
    actions: ['share'],
    kinds: { nodeId: 'string', score: 'float', round: 'int32' },
    defaults: () => ({ nodeId: '', score: 0, round: 0 })
  },
  discover: {
    wire: 'discoverMessage',
    actions: ['discover_join', 'discover_nodes', 'late_connect', 'restructure'],
    kinds: {},
    defaults: () => ({})
  },
  offer: {
    wire: 'offerMessage',
    actions: ['offer_model', 'offer_metric'],
    kinds: {
      nNeighbors: 'float',
      loss: 'float',
      parameters: 'bytes',
      rounds: 'int32',
      round: 'int32',
      epochs: 'int32'
    },
    defaults: () => ({
      nNeighbors: 0,
      loss: 0,
      parameters: new Uint8Array(0),
      rounds: 1,
      round: -1,
      epochs: 1
    })
  },
  link: {
    wire: 'linkMessage',
    actions: ['connect_to', 'disconnect_from'],
    kinds: { addrs: 'string' },
    defaults: () => ({ addrs: '' })
  },
  app: {
    wire: 'appMessage',
    actions: ['notify', 'request', 'reply'],
    kinds: { topic: 'string', payload: 'bytes', requestId: 'string' },
    defaults: () => ({ topic: '', payload: new Uint8Array(0), requestId: '' })
  }
}

export function isMessageType(type: string): type is MessageType {
  return Object.hasOwn(DEFINITIONS, type)
}

/** All types, in the order of their numbers in the schema. */
export const MESSAGE_TYPES = Object.keys(DEFINITIONS).filter(isMessageType)

/** Every message type with its actions, which name the events `message:TYPE:ACTION`. */
export function messagesEvents(): { [T in MessageType]: Array<MessageActions[T]> } {
  return Object.fromEntries(MESSAGE_TYPES.map((type) => [type, [...DEFINITIONS[type].actions]])) as {
    [T in MessageType]: Array<MessageActions[T]>
  }
}
