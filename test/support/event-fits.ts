import assert from 'node:assert/strict'
import { EVENT_SCHEMAS, MESSAGE_FIELD_SCHEMAS } from '../../src/http/event-schemas.ts'
import type { EventName } from '../../src/http/event-schemas.ts'
import type { MessageType } from '../../src/index.ts'

/** Whether an event, as a program reads it, has the fields that are documented and no others. */
export function assertFits(event: Record<string, unknown> & { event: string }): void {
  const schema = EVENT_SCHEMAS[event.event as EventName]

  assert.ok(schema != null, `${event.event} has no schema`)
  fits(schema, event)

  if (event.event === 'message') {
    fits(MESSAGE_FIELD_SCHEMAS[event['type'] as MessageType], event['fields'])
  }
}

function fits(schema: { safeParse(value: unknown): { success: boolean; error?: unknown } }, value: unknown) {
  const { success, error } = schema.safeParse(value)

  assert.ok(success, `${JSON.stringify(value)} does not fit its schema: ${String(error)}`)
}
