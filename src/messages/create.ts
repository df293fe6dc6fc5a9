import { InvalidMessageError } from '@libp2p/interface'
import { DEFINITIONS, isMessageType } from './definitions.ts'
import type { FieldKind } from './definitions.ts'
import type { Message, MessageActions, MessageFields, MessageType } from './types.ts'

const INT32 = 2 ** 31
const INT64 = 2n ** 63n

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
  if (!isMessageType(type)) {
    throw new InvalidMessageError(`Unknown message type "${String(type)}"`)
  }

  const definition = DEFINITIONS[type]
  const chosen = action === undefined || action === '' ? (definition.actions[0] ?? '') : action

  if (chosen !== '' && !definition.actions.some((known) => known === chosen)) {
    throw new InvalidMessageError(
      `Unknown action "${chosen}" of ${type}; known are ${definition.actions.join(', ') || 'none'}`
    )
  }

  const kinds = new Map<string, FieldKind>(Object.entries(definition.kinds))

  for (const [name, value] of Object.entries(fields)) {
    const kind = kinds.get(name)

    if (kind == null) {
      throw new InvalidMessageError(
        `Unknown field "${name}" of ${type}; known are ${[...kinds.keys()].join(', ') || 'none'}`
      )
    }

    if (value !== undefined && !CHECKS[kind](value)) {
      throw new InvalidMessageError(`Field "${name}" of ${type} must be ${KIND_TEXT[kind]}`)
    }
  }

  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

  // every part was checked against the definition of `type` above
  return { type, action: chosen, fields: { ...definition.defaults, ...given } } as Message<T>
}

const CHECKS: Record<FieldKind, (value: unknown) => boolean> = {
  string: (value) => typeof value === 'string',
  strings: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
  float: (value) => typeof value === 'number' && !Number.isNaN(value),
  int32: (value) => typeof value === 'number' && Number.isInteger(value) && value >= -INT32 && value < INT32,
  int64: (value) => typeof value === 'bigint' && value >= -INT64 && value < INT64,
  bytes: (value) => value instanceof Uint8Array
}

const KIND_TEXT: Record<FieldKind, string> = {
  string: 'a string',
  strings: 'a list of strings',
  float: 'a number',
  int32: 'a whole number of 32 bits',
  int64: 'a bigint of 64 bits',
  bytes: 'a Uint8Array'
}
