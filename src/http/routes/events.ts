import { createRoute } from '@hono/zod-openapi'
import { EventSchema } from '../event-schemas.ts'
import { fails } from './common.ts'
import type { EventStream } from '../event-stream.ts'
import type { EventJson } from '../event-json.ts'
import type { HttpBindings } from '@hono/node-server'
import type { OpenAPIHono } from '@hono/zod-openapi'

const getEvents = createRoute({
  method: 'get',
  path: '/events',
  summary: 'The overlay’s events as they happen (Server-Sent Events).',
  description:
    'The first event is `ready`. The name of each is its `event`, its data one line: the JSON object `Event`, ' +
    'which is what `nebula start --json` prints. A client that does not read is dropped.',
  responses: {
    200: { content: { 'text/event-stream': { schema: EventSchema } }, description: 'The stream.' },
    ...fails(503)
  }
})

export function eventRoutes(app: OpenAPIHono, stream: EventStream, ready: () => EventJson): void {
  app.openapi(getEvents, (c) => {
    const { outgoing } = c.env as HttpBindings
    const body = stream.open(ready(), () => outgoing.destroy())

    return c.body(body, 200, { 'Content-Type': 'text/event-stream' })
  })
}
