import { DEFINITIONS, isMessageType } from './definitions.ts'
import { validateMessage } from './validate.ts'
import type { Message, MessageActions, MessageFields, MessageType } from './types.ts'

/**
 * Builds a message; fields that are left out get the seed's defaults, and so
 * does the action: the first of its type.
 *
 * @throws {InvalidMessageError} for an unknown type, action or field, or a value that does not fit its field
 */
export function createMessage<T extends MessageType>(
  type: T,
  action?: MessageActions[T],
  fields: Partial<MessageFields[T]> = {}
): Message<T> {
  const definition = isMessageType(type) ? DEFINITIONS[type] : undefined
  const chosen = action === undefined || action === '' ? (definition?.actions[0] ?? '') : action

  validateMessage({ type, action: chosen, fields })

  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

  // every part was checked against the definition of `type` above
  return { type, action: chosen, fields: { ...definition?.defaults(), ...given } } as Message<T>
}
