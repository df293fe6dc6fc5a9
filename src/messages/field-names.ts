import { DEFINITIONS } from './definitions.ts'
import type { FieldKind } from './definitions.ts'
import type { MessageType } from './types.ts'

/** A field as `proto/nebula.proto` names it, such as `node_id` for `nodeId`. */
export function schemaName(field: string): string {
  return field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** The field of a type by either name that it has, its own or that of the schema. */
export function fieldNamed(type: MessageType, text: string): { name: string; kind: FieldKind } | undefined {
  const found = Object.entries<FieldKind>(DEFINITIONS[type].kinds).find(
    ([name]) => name === text || schemaName(name) === text
  )

  return found && { name: found[0], kind: found[1] }
}

/** Whether a message of the type and action, or of the type's first, is one that carries a model. */
export function carriesModel(type: MessageType, action?: string): boolean {
  return (
    type === 'model' || (type === 'offer' && (action == null || action === '' || action === 'offer_model'))
  )
}
