import { InvalidParametersError } from '@libp2p/interface'
import { isMessageType } from '../messages/definitions.ts'
import { FORWARDED_TYPES, LINK_TYPES } from './constants.ts'
import type { Message, MessageType } from '../messages/types.ts'

/** What decides whether a received message is passed on. */
export interface ForwardState {
  /** Whether this node is a proxy. */
  proxy: boolean
  /** The types of messages that a proxy passes on. */
  types: ReadonlySet<MessageType>
  /** Whether the federation is centralised (CFL): the server is everybody's neighbour, nothing is passed on. */
  centralised: boolean
  hops: number
  maxHops: number
}

/**
 * The types of messages that a proxy passes on.
 *
 * @throws {InvalidParametersError} for a type that is not known, or that is never passed on
 */
export function forwardedTypes(types: readonly MessageType[] = FORWARDED_TYPES): ReadonlySet<MessageType> {
  for (const type of types) {
    if (!isMessageType(type)) {
      throw new InvalidParametersError(`forwarding.types: there are no messages of type "${String(type)}"`)
    }

    if (!isForwardable(type)) {
      throw new InvalidParametersError(`forwarding.types: ${whyNotForwardable(type)}`)
    }
  }

  return new Set(types)
}

/** Whether messages of the type may be passed on at all. */
export function isForwardable(type: MessageType): boolean {
  return !LINK_TYPES.some((each) => each === type)
}

export function whyNotForwardable(type: string): string {
  return `${type} messages are about the link that they come over, and are never passed on`
}

/**
 * The rule of the reference: a proxy passes on messages of some types; any node
 * the first model and the start of the federation.
 */
export function mayForward(message: Message | undefined, state: ForwardState): boolean {
  if (message == null || state.centralised || state.hops >= state.maxHops) {
    return false
  }

  return floods(message) || (state.proxy && state.types.has(message.type))
}

/** Whether every node passes the message on, so that it has to carry its origin's signature. */
export function floods(message: Message): boolean {
  return (
    (message.type === 'model' && message.fields.round === -1) ||
    (message.type === 'federation' && message.action === 'federation_start')
  )
}
