import { nebula } from '../../proto/nebula.js'
import { MAX_ARGUMENTS } from './constants.ts'
import { DEFINITIONS, MESSAGE_TYPES } from './definitions.ts'
import { MalformedMessageError } from './errors.ts'
import { validateMessage } from './validate.ts'
import { wireFields } from './wire-fields.ts'
import type { Message, MessageType } from './types.ts'
import type { Uint8ArrayList } from 'uint8arraylist'

/** A message as it stands on the wire: who wrote it, and what. */
export interface WrappedMessage {
  /** The origin's PeerId as text. */
  source: string
  message: Message
}

/** What a Wrapper says; `message` is absent when it is of a type, or has an action, that this node does not know. */
export type ReadMessage = Pick<WrappedMessage, 'source'> & Partial<WrappedMessage>

interface Member {
  /** In the Wrapper's `oneof`. */
  number: number
  /** Of the field `action`, where the message has one. */
  action?: number
  decode(bytes: Uint8Array): object
}

const MEMBERS: Record<MessageType, Member> = {
  discovery: { number: 2, action: 1, decode: nebula.DiscoveryMessage.decode },
  control: { number: 3, action: 1, decode: nebula.ControlMessage.decode },
  federation: {
    number: 4,
    action: 1,
    decode: (bytes) => nebula.FederationMessage.decode(bytes, { limits: { arguments: MAX_ARGUMENTS } })
  },
  model: { number: 5, decode: nebula.ModelMessage.decode },
  connection: { number: 6, action: 1, decode: nebula.ConnectionMessage.decode },
  response: { number: 7, decode: nebula.ResponseMessage.decode },
  reputation: { number: 8, action: 4, decode: nebula.ReputationMessage.decode },
  discover: { number: 9, action: 1, decode: nebula.DiscoverMessage.decode },
  offer: { number: 10, action: 1, decode: nebula.OfferMessage.decode },
  link: { number: 11, action: 1, decode: nebula.LinkMessage.decode },
  app: { number: 100, action: 1, decode: nebula.AppMessage.decode }
}

const SOURCE = 1
const TYPES_BY_NUMBER = new Map(MESSAGE_TYPES.map((type) => [MEMBERS[type].number, type]))
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * Writes the bytes of NEBULA's `Wrapper`.
 *
 * @throws {InvalidMessageError} when the message is not what its type says
 */
export function encodeWrapper({ source, message }: WrappedMessage): Uint8Array<ArrayBuffer> {
  validateMessage(message)

  const body =
    message.action === '' ? message.fields : { ...message.fields, action: message.action.toUpperCase() }

  return nebula.Wrapper.encode({ source, [DEFINITIONS[message.type].wire]: body })
}

/** A Wrapper of which the message has not been read yet; `type` is absent when this node does not know it. */
export interface OpenedWrapper extends Pick<WrappedMessage, 'source'> {
  type?: MessageType
  body?: Uint8Array
}

/**
 * Reads the bytes of a `Wrapper`. Of several members of the `oneof` the last
 * counts, as protobuf has it; the generated decoder takes the one with the
 * highest number, so the members are told apart here.
 *
 * @throws {MalformedMessageError} when the bytes are no Wrapper
 */
export function decodeWrapper(bytes: Uint8Array | Uint8ArrayList): ReadMessage {
  return readWrapper(openWrapper(bytes))
}

/**
 * Reads of a `Wrapper` what tells one message from another, and leaves the rest.
 *
 * @throws {MalformedMessageError} when the bytes are no Wrapper
 */
export function openWrapper(bytes: Uint8Array | Uint8ArrayList): OpenedWrapper {
  return orInvalid(() => open(bytes instanceof Uint8Array ? bytes : bytes.subarray()))
}

/** @throws {MalformedMessageError} when the message is not what its type says */
export function readWrapper({ source, type, body }: OpenedWrapper): ReadMessage {
  return orInvalid(() =>
    type == null || body == null ? { source } : { source, message: readBody(type, body) }
  )
}

function orInvalid<T>(read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw new MalformedMessageError('Message is not a Wrapper', { cause })
  }
}

function open(bytes: Uint8Array): OpenedWrapper {
  let source = ''
  let last: Pick<OpenedWrapper, 'type' | 'body'> = {}

  for (const { number, value } of wireFields(bytes)) {
    const type = TYPES_BY_NUMBER.get(number)

    if (value instanceof Uint8Array && number === SOURCE) {
      source = utf8.decode(value)
    } else if (value instanceof Uint8Array && type != null) {
      last = { type, body: value }
    }
  }

  return { source, ...last }
}

function readBody(type: MessageType, body: Uint8Array): Message | undefined {
  const member = MEMBERS[type]
  const { actions } = DEFINITIONS[type]
  const action = member.action == null ? '' : actions[readAction(body, member.action)]

  if (action == null) {
    return undefined
  }

  const { action: _action, ...fields } = { ...member.decode(body) } as { action?: string }

  for (const [name, value] of Object.entries(fields)) {
    if (value instanceof Uint8Array) {
      // a view would keep all the bytes that were received with it, and show them
      Object.assign(fields, { [name]: value.slice() })
    }
  }

  // the schema, which the definitions mirror, says that these are the fields of the type
  return { type, action, fields } as Message
}

/** An action is a number of 32 bits; what is left out is 0, the first action. */
function readAction(body: Uint8Array, action: number): number {
  let found = 0

  for (const { number, value } of wireFields(body)) {
    if (number === action && typeof value === 'bigint') {
      found = Number(BigInt.asIntN(32, value))
    }
  }

  return found
}
