/**
 * The messages' actions and fields as data, for whoever builds a message from
 * text: the control API from JSON, the command from `KEY=VALUE`.
 */
import type { MessageActions, MessageFields, MessageType } from '../messages/types.ts'

/** How a field is written in JSON: `bigint` as a decimal string, `bytes` in base64. */
export type FieldKind = 'string' | 'number' | 'integer' | 'bigint' | 'bytes' | 'strings'

type KindOf<V> = V extends string
  ? 'string'
  : V extends number
    ? 'number' | 'integer'
    : V extends bigint
      ? 'bigint'
      : V extends Uint8Array
        ? 'bytes'
        : 'strings'

export const MESSAGE_ACTIONS: { [T in MessageType]: ReadonlyArray<MessageActions[T]> } = {
  discovery: ['discover', 'register', 'deregister'],
  control: [
    'alive',
    'overhead',
    'mobility',
    'recovery',
    'weak_link',
    'leadership_transfer',
    'leadership_transfer_ack'
  ],
  federation: ['federation_start', 'reputation', 'federation_models_included', 'federation_ready'],
  model: [''],
  connection: ['connect', 'disconnect', 'late_connect', 'restructure'],
  response: [''],
  reputation: ['share'],
  discover: ['discover_join', 'discover_nodes', 'late_connect', 'restructure'],
  offer: ['offer_model', 'offer_metric'],
  link: ['connect_to', 'disconnect_from']
}

export const MESSAGE_FIELDS: {
  [T in MessageType]: { [F in keyof MessageFields[T]]: KindOf<MessageFields[T][F]> }
} = {
  discovery: { latitude: 'number', longitude: 'number' },
  control: { log: 'string' },
  federation: { arguments: 'strings', round: 'integer' },
  model: { parameters: 'bytes', weight: 'bigint', round: 'integer' },
  connection: {},
  response: { response: 'string' },
  reputation: { nodeId: 'string', score: 'number', round: 'integer' },
  discover: {},
  offer: {
    nNeighbors: 'number',
    loss: 'number',
    parameters: 'bytes',
    rounds: 'integer',
    round: 'integer',
    epochs: 'integer'
  },
  link: { addrs: 'string' }
}

export const MESSAGE_TYPES = Object.keys(MESSAGE_FIELDS) as MessageType[]

export function isMessageType(text: string): text is MessageType {
  return Object.hasOwn(MESSAGE_FIELDS, text)
}

/** The kinds of a type's fields by name. */
export function fieldKinds(type: MessageType): Map<string, FieldKind> {
  return new Map(Object.entries<FieldKind>(MESSAGE_FIELDS[type]))
}

/** Fields as they stand in JSON, made into what `createMessage` takes; the JSON has been checked. */
export function fieldsFromJson<T extends MessageType>(
  type: T,
  json: Record<string, unknown>
): Partial<MessageFields[T]> {
  const kinds = fieldKinds(type)
  const fields: Record<string, unknown> = {}

  for (const [name, value] of Object.entries(json)) {
    fields[name] = fieldFromJson(kinds.get(name), value)
  }

  return fields as Partial<MessageFields[T]>
}

function fieldFromJson(kind: FieldKind | undefined, value: unknown): unknown {
  if (kind === 'bigint') {
    return BigInt(value as string)
  }

  if (kind === 'bytes') {
    return new Uint8Array(Buffer.from(value as string, 'base64'))
  }

  return value
}
