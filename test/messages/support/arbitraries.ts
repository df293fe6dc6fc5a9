import * as fc from 'fast-check'
import { uniformLength } from '../../support/uniform-length.ts'
import { DEFINITIONS, MESSAGE_TYPES } from '../../../src/messages/definitions.ts'
import type { FieldKind } from '../../../src/messages/definitions.ts'
import type { Message, MessageType } from '../../../src/messages/types.ts'

const text = fc.string({ unit: 'binary', maxLength: 40 })

const VALUES: Record<FieldKind, fc.Arbitrary<unknown>> = {
  string: text,
  strings: fc.array(text, { maxLength: 5 }),
  // -0 is the default on the wire, and comes back as 0
  float: fc.float({ noNaN: true }).map((value) => value + 0),
  int32: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  int64: uniformLength(63),
  bytes: fc.uint8Array({ maxLength: 40 }).map((array) => new Uint8Array(array))
}

const WIRE_DEFAULTS: Record<FieldKind, unknown> = {
  string: '',
  strings: [],
  float: 0,
  int32: 0,
  int64: 0n,
  bytes: new Uint8Array(0)
}

/** Any message of the type that the definitions allow; about half of its fields have their default on the wire. */
export function messageOf(type: MessageType): fc.Arbitrary<Message> {
  const { actions, kinds } = DEFINITIONS[type]
  const ordinary = { noNullPrototype: true }
  const fields = Object.fromEntries(
    Object.entries(kinds).map(([name, kind]) => [
      name,
      fc.oneof(fc.constant(WIRE_DEFAULTS[kind]), VALUES[kind])
    ])
  )

  return fc.record(
    {
      type: fc.constant(type),
      action: actions.length === 0 ? fc.constant('') : fc.constantFrom(...actions),
      fields: fc.record(fields, ordinary)
    },
    ordinary
  ) as fc.Arbitrary<Message>
}

export const anyMessage: fc.Arbitrary<Message> = fc.oneof(...MESSAGE_TYPES.map(messageOf))
