/** `docs/events.md`: the events in JSON, from their schemas as the OpenAPI document has them. */
import { OpenAPIHono } from '@hono/zod-openapi'
import { DEFINITIONS, MESSAGE_TYPES } from '../messages/definitions.ts'
import { WARNING_CODES } from '../warnings/index.ts'
import {
  CLOSE_REASONS,
  EVENT_SCHEMAS,
  EventSchema,
  LIBRARY_EVENTS,
  MESSAGE_FIELD_SCHEMAS
} from './event-schemas.ts'

/** What the page needs of a JSON schema. */
interface Schema {
  $ref?: string
  type?: string | string[]
  enum?: Array<string | number | null>
  description?: string
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
}

/** Values of a field that are shown in its row; of more there is a table at the end of the page. */
const MAX_SHOWN_VALUES = 4

const INTRODUCTION = `# Events in JSON

\`nebula start --json\` prints one event a line. \`GET /api/v1/events\` sends the same as Server-Sent Events: the name is
\`event\`, the data the whole object in one line. The first is \`ready\` in both. \`dropped\` is of the command alone: the
stream ends for a client that reads too slowly. The stream begins when the request comes, or after the event whose id
the client gives (\`since\`, or the header \`Last-Event-ID\`): the node keeps the last 1,000 events of its present run,
8 MiB at most, and tells a client by \`missed\` that some are gone. \`types\` chooses events by name. Every
15 s the stream has the last id by itself, with which a client resumes that wants few events. A client without Server-Sent
Events asks with \`timeout\` and gets the next events in JSON; \`last\` is the \`since\` of its next request.
\`GET /api/v1/node\` has the warnings that last.

Every event has \`event\`, its name, and \`time\`, when it was raised, in milliseconds since the Unix epoch. Fields that
are optional are left out when there is nothing to say. A later version may add fields and events: skip what you do not know.
`

/** The events, their fields and meanings as a Markdown page. */
export function eventsReference(): string {
  const schemas = jsonSchemas()

  return [
    INTRODUCTION,
    ...Object.keys(EVENT_SCHEMAS).map((name) => eventSection(name, schemas)),
    messagesSection(schemas),
    `## Why links end\n\n${meanings('Reason', CLOSE_REASONS)}`,
    `## Codes of warnings\n\n${meanings('Code', WARNING_CODES)}`,
    `## Events of the library alone\n\n${librarySection()}`
  ].join('\n')
}

function jsonSchemas(): Map<string, Schema> {
  const { openAPIRegistry, getOpenAPI31Document } = new OpenAPIHono()

  openAPIRegistry.register('Event', EventSchema)

  for (const [type, schema] of Object.entries(MESSAGE_FIELD_SCHEMAS)) {
    openAPIRegistry.register(`fields of ${type}`, schema)
  }

  const { components } = getOpenAPI31Document({ openapi: '3.1.0', info: { title: '', version: '' } })
  const named = new Map(Object.entries((components?.schemas ?? {}) as Record<string, Schema>))

  // events are found by what they are called, whatever their schemas are
  for (const schema of named.values()) {
    const [event] = schema.properties?.['event']?.enum ?? []

    if (typeof event === 'string') {
      named.set(event, schema)
    }
  }

  return named
}

function eventSection(name: string, schemas: Map<string, Schema>): string {
  const { description = '', properties = {}, required = [] } = schemas.get(name) ?? {}
  const fields = Object.entries(properties).filter(([field]) => field !== 'event' && field !== 'time')
  const rows = fields.map(([field, schema]) => [
    `\`${field}\`${required.includes(field) ? '' : ', optional'}`,
    typeText(schema),
    schema.description ?? ''
  ])

  const body = rows.length === 0 ? 'It has no further fields.\n' : table(['Field', 'Type', 'Meaning'], rows)

  return `## \`${name}\`\n\n${description}\n\n${body}`
}

function messagesSection(schemas: Map<string, Schema>): string {
  const rows = MESSAGE_TYPES.map((type) => {
    const { properties = {} } = schemas.get(`fields of ${type}`) ?? {}
    const fields = Object.entries(properties).map(([name, schema]) =>
      `\`${name}\`: ${typeText(schema)}. ${schema.description ?? ''}`.trim()
    )

    return [
      `\`${type}\``,
      DEFINITIONS[type].actions.map((action) => `\`${action}\``).join(', '),
      fields.join('<br>')
    ]
  })

  return `## Messages

\`type\`, \`action\` and \`fields\` of a message; what they mean is in [\`proto/README.md\`](../proto/README.md).

${table(['Type', 'Actions', 'Fields'], rows)}`
}

function librarySection(): string {
  return `An application that holds the service gets these, too. Each message has an event of its own besides \`message\`:
\`message:TYPE:ACTION\`, or \`message:TYPE\` where the type has no actions.

${meanings('Event', LIBRARY_EVENTS)}`
}

function meanings(head: string, values: Record<string, string>): string {
  return table(
    [head, 'Meaning'],
    Object.entries(values).map(([name, meaning]) => [`\`${name}\``, meaning])
  )
}

function typeText(schema: Schema): string {
  if (schema.$ref != null) {
    return schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)
  }

  if (schema.enum != null && schema.enum.length > MAX_SHOWN_VALUES) {
    return 'string'
  }

  if (schema.enum != null) {
    return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(', ')
  }

  if (schema.anyOf != null) {
    return schema.anyOf.every(({ type }) => type === 'object')
      ? 'object'
      : schema.anyOf.map(typeText).join(' or ')
  }

  const [type = 'any', ...others] = [schema.type ?? []].flat()
  const whole =
    type === 'array'
      ? `array of ${typeText(schema.items ?? {})}`
      : type === 'object'
        ? objectText(schema)
        : type

  return [whole, ...others].join(' or ')
}

function objectText({ properties = {}, required = [] }: Schema): string {
  const fields = Object.entries(properties).map(
    ([name, schema]) => `\`${name}\`${required.includes(name) ? '' : ' (optional)'}: ${typeText(schema)}`
  )

  return `object of ${fields.join(', ')}`
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`

  return [line(head), line(head.map(() => '---')), ...rows.map(line), ''].join('\n')
}
