/**
 * A message's fields as they stand in JSON: big integers as decimal strings,
 * bytes in base64, everything else as it is. They may also have the names of
 * the schema, such as `node_id`.
 */
import { DEFINITIONS } from '../messages/definitions.ts'
import { fieldNamed } from '../messages/field-names.ts'
import type { FieldKind } from '../messages/definitions.ts'
import type { MessageFields, MessageType } from '../messages/types.ts'

/** The kinds of a type's fields by name. */
export function fieldKinds(type: MessageType): Map<string, FieldKind> {
  return new Map(Object.entries<FieldKind>(DEFINITIONS[type].kinds))
}

/** What `createMessage` takes, for fields in JSON that have been checked. */
export function fieldsFromJson<T extends MessageType>(
  type: T,
  json: Record<string, unknown>
): Partial<MessageFields[T]> {
  const fields = Object.entries(json).map(([given, value]) => {
    const { name = given, kind } = fieldNamed(type, given) ?? {}

    return [name, fieldFromJson(kind, value)]
  })

  return Object.fromEntries(fields) as Partial<MessageFields[T]>
}

function fieldFromJson(kind: FieldKind | undefined, value: unknown): unknown {
  if (kind === 'int64') {
    return BigInt(value as string)
  }

  return kind === 'bytes' ? new Uint8Array(Buffer.from(value as string, 'base64')) : value
}
