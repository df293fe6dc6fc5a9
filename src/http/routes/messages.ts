import { createRoute, z } from '@hono/zod-openapi'
import { MAX_TOPIC_LENGTH, OPERATION_TIMEOUT_MS } from '../constants.ts'
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

const request = createRoute({
  method: 'post',
  path: '/request',
  summary: 'Asks the application of a linked peer; answered with what it replies.',
  description:
    'There it comes as the event `message` with `app` `request`. It replies by `POST /send` with the type `app`, ' +
    'the action `reply` and the same `requestId`.',
  request: takes(
    z.strictObject({
      peer: PeerIdText,
      topic: z.string().max(MAX_TOPIC_LENGTH).openapi({ description: 'What it is about.' }),
      payload: z.base64().default('').openapi({ description: 'In base64.' }),
      timeout: z.int().min(1).max(OPERATION_TIMEOUT_MS).optional().openapi({
        description: 'Milliseconds until the reply.',
        example: 30_000
      })
    })
  ),
  responses: {
    ...answers(z.object({ payload: z.base64().openapi({ description: 'In base64.' }) }), 'The reply.'),
    ...fails(400, 404, 409, 413, 502, 503, 504)
  }
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

  app.openapi(request, async (c) => {
    const { peer, topic, payload, timeout } = c.req.valid('json')
    const reply = await nebula.request(
      parsePeerId(peer),
      { topic, payload: new Uint8Array(Buffer.from(payload, 'base64')) },
      { timeout, signal: operationSignal(c) }
    )

    return c.json({ payload: Buffer.from(reply).toString('base64') }, 200)
  })
}
