import { InvalidMessageError } from '@libp2p/interface'
import { MAX_ARGUMENTS } from './constants.ts'
import { DEFINITIONS, isMessageType, MESSAGE_TYPES } from './definitions.ts'
import type { FieldKind } from './definitions.ts'
import type { MessageType } from './types.ts'

/** What may come from a caller that no compiler has checked. */
export interface MessageLike {
  type: string
  action: string
  fields?: object
}

/**
 * Checks a message against the definition of its type. Fields may be left out.
 *
 * @throws {InvalidMessageError} for an unknown type, action or field, or a value that does not fit its field
 */
export function validateMessage({ type, action, fields = {} }: MessageLike): void {
  if (!isMessageType(type)) {
    throw new InvalidMessageError(`Unknown message type "${type}"`)
  }

  const { actions, kinds } = KNOWN[type]

  if (!actions.has(action)) {
    throw new InvalidMessageError(
      `Unknown action "${action}" of ${type}; known are ${DEFINITIONS[type].actions.join(', ') || 'none'}`
    )
  }

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
}

/** The definitions as they are looked up, for each message that is made or sent. */
const KNOWN = Object.fromEntries(
  MESSAGE_TYPES.map((type) => {
    const { actions, kinds } = DEFINITIONS[type]

    return [
      type,
      {
        actions: new Set<string>(actions.length === 0 ? [''] : actions),
        kinds: new Map(Object.entries(kinds))
      }
    ]
  })
) as Record<MessageType, { actions: Set<string>; kinds: Map<string, FieldKind> }>

const INT32 = 2 ** 31
const INT64 = 2n ** 63n

const CHECKS: Record<FieldKind, (value: unknown) => boolean> = {
  string: isText,
  strings: (value) => Array.isArray(value) && value.length <= MAX_ARGUMENTS && value.every(isText),
  // a number that is finite here must not become infinite on the wire
  float: (value) =>
    typeof value === 'number' &&
    !Number.isNaN(value) &&
    Number.isFinite(value) === Number.isFinite(Math.fround(value)),
  int32: (value) => typeof value === 'number' && Number.isInteger(value) && value >= -INT32 && value < INT32,
  // the one field of the kind counts samples
  int64: (value) => typeof value === 'bigint' && value >= 0n && value < INT64,
  bytes: (value) => value instanceof Uint8Array
}

const KIND_TEXT: Record<FieldKind, string> = {
  string: 'a string of whole characters',
  strings: `a list of at most ${MAX_ARGUMENTS} strings of whole characters`,
  float: 'a number that fits 32 bits',
  int32: 'a whole number of 32 bits',
  int64: 'a bigint from 0 to 2^63 - 1',
  bytes: 'a Uint8Array'
}

/** A string with half a surrogate pair has no UTF-8. */
function isText(value: unknown): boolean {
  return typeof value === 'string' && value.isWellFormed()
}
