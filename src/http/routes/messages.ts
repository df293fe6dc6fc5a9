import { createRoute, z } from '@hono/zod-openapi'
import { fieldsFromJson } from '../message-fields.ts'
import { parsePeerId } from '../parse.ts'
import { PeerIdText, SendSchema } from '../schemas.ts'
import { answers, fails, operationSignal, takes } from './common.ts'
import type { Nebula } from '../../interface.ts'
import type { OpenAPIHono } from '@hono/zod-openapi'

const SentSchema = z.object({ peer: PeerIdText, type: z.string(), action: z.string() })

const send = createRoute({
  method: 'post',
  path: '/send',
  summary: 'Sends a message to a linked peer, or by way of a proxy to any.',
  description:
    'Fields left out have their defaults. Answered once the peer has taken the message, and with `via` once ' +
    'the peer itself has acknowledged it.',
  request: takes(SendSchema),
  responses: { ...answers(SentSchema, 'What was sent.'), ...fails(400, 404, 409, 502, 503, 504) }
})

export function messageRoutes(app: OpenAPIHono, nebula: Nebula): void {
  app.openapi(send, async (c) => {
    const { peer, type, action, fields, priority, via } = c.req.valid('json')
    const message = nebula.createMessage(type, action, fieldsFromJson(type, fields))
    const signal = operationSignal(c)

    if (via == null) {
      await nebula.send(parsePeerId(peer), message, { priority, signal })
    } else {
      await nebula.sendVia(parsePeerId(via), parsePeerId(peer), message, { signal })
    }

    return c.json({ peer, type: message.type, action: message.action }, 200)
  })
}
