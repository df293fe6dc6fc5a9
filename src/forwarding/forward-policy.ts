import type { Message, MessageType } from '../messages/types.ts'

/** What decides whether a received message is passed on. */
export interface ForwardState {
  /** Whether this node is a proxy. */
  proxy: boolean
  /** Whether the federation is centralised (CFL): the server is everybody's neighbour, nothing is passed on. */
  centralised: boolean
  hops: number
  maxHops: number
}

/** The types that were meant to travel; all others are for the link they came over, keepalives above all. */
const TRAVELLING: ReadonlySet<MessageType> = new Set(['discovery', 'federation', 'model'])

/**
 * The seed's rule: a proxy passes on discovery, federation and model messages;
 * any node the first model and the start of the federation.
 */
export function mayForward(message: Message | undefined, state: ForwardState): boolean {
  if (message == null || state.centralised || state.hops >= state.maxHops) {
    return false
  }

  return state.proxy ? TRAVELLING.has(message.type) : floods(message)
}

/** Whether every node passes the message on, so that it has to carry its origin's signature. */
export function floods(message: Message): boolean {
  return (
    (message.type === 'model' && message.fields.round === -1) ||
    (message.type === 'federation' && message.action === 'federation_start')
  )
}
