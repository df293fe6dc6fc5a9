import { createRoute, z } from '@hono/zod-openapi'
import { MAX_EVENT_WAIT_MS } from '../constants.ts'
import { EVENT_SCHEMAS, EventSchema } from '../event-schemas.ts'
import { fails } from './common.ts'
import type { EventPage, EventStream } from '../event-stream.ts'
import type { EventJson } from '../event-json.ts'
import type { HttpBindings } from '@hono/node-server'
import type { OpenAPIHono } from '@hono/zod-openapi'

const EventId = z.string().max(64).openapi({ description: 'The id of an event.', example: '4f1d0a9b6c2e-17' })

const Types = z
  .string()
  .transform((text) => new Set(text.split(',')))
  .refine(
    (names) => [...names].every((name) => Object.hasOwn(EVENT_SCHEMAS, name)),
    'expected names of events'
  )

const query = z.strictObject({
  since: EventId.optional().openapi({
    description: 'The id of the last event that the client has. Without it, events from now on.'
  }),
  types: Types.optional().openapi({
    type: 'string',
    description: 'The names of the events wanted, separated by commas. Without it, all.',
    example: 'message,model:update'
  }),
  timeout: z.coerce
    .number()
    .int()
    .min(0)
    .max(MAX_EVENT_WAIT_MS)
    .optional()
    .openapi({
      description:
        'Answers in JSON instead of a stream: with the events after `since`, as soon as there is one, or none ' +
        'after so many milliseconds.',
      example: 60_000
    })
})

const EventPageSchema = z
  .strictObject({
    events: z.array(EventSchema).openapi({ description: 'The oldest first.' }),
    missed: z.boolean().openapi({
      description:
        'Whether events after `since` are lost to the client: the node keeps 1,000 of its present run.'
    }),
    last: EventId.openapi({ description: 'What the next request gives as `since`.' })
  })
  .openapi('EventPage')

const getEvents = createRoute({
  method: 'get',
  path: '/events',
  summary:
    'The overlay’s events as they happen: as a stream (Server-Sent Events), or with `timeout` in JSON.',
  description:
    'The first event of a stream is `ready`. The name of each is its `event`, its data one line: the JSON object ' +
    '`Event`, which is what `nebula start --json` prints. A client that resumes gives the last id it has seen, as ' +
    '`since` or in the header `Last-Event-ID`; when events after that are no longer kept, it gets `missed`. A ' +
    'client that does not read is dropped.',
  request: { query, headers: z.object({ 'last-event-id': EventId.optional() }) },
  responses: {
    200: {
      content: {
        'text/event-stream': { schema: EventSchema },
        'application/json': { schema: EventPageSchema }
      },
      description: 'The stream, or the events.'
    },
    ...fails(400, 503)
  }
})

export function eventRoutes(app: OpenAPIHono, stream: EventStream, ready: () => EventJson): void {
  app.openapi(getEvents, async (c) => {
    const { since = c.req.valid('header')['last-event-id'], types, timeout } = c.req.valid('query')
    const filter = { since, types }

    if (timeout != null) {
      const page = await stream.poll(filter, timeout, c.req.raw.signal)

      return c.body(pageJson(page), 200, { 'Content-Type': 'application/json' })
    }

    const { outgoing } = c.env as HttpBindings
    const body = stream.open(ready(), () => outgoing.destroy(), filter)

    return c.body(body, 200, { 'Content-Type': 'text/event-stream' })
  })
}

/** The events are JSON already. */
function pageJson({ events, missed, last }: EventPage): string {
  const lines = events.map(({ line }) => line).join(',')

  return `{"events":[${lines}],"missed":${missed},"last":${JSON.stringify(last)}}`
}
