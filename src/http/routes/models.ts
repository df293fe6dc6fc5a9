import { isAbsolute } from 'node:path'
import { createRoute, z } from '@hono/zod-openapi'
import { MAX_PATH_LENGTH } from '../constants.ts'
import { parsePeerId } from '../parse.ts'
import { ModelIdText, ModelSchema, PeerIdText, WeightText } from '../schemas.ts'
import { answers, fails, sendModelTo, takes, transferSignal } from './common.ts'
import { modelInfoJson } from '../event-json.ts'
import type { Nebula } from '../../interface.ts'
import type { OpenAPIHono } from '@hono/zod-openapi'

const PathText = z
  .string()
  .max(MAX_PATH_LENGTH)
  .refine((path) => isAbsolute(path) && !path.includes('\0'), 'expected the absolute path of a file')
  .openapi({ description: 'The absolute path of a file on the node’s machine.', example: '/srv/model.bin' })

const list = createRoute({
  method: 'get',
  path: '/models',
  summary: 'The models that are kept whole, own and received, the newest last.',
  responses: answers(z.object({ models: z.array(ModelSchema) }), 'The models.')
})

const send = createRoute({
  method: 'post',
  path: '/models/send',
  summary: 'Sends a file as a model to a linked peer.',
  description: 'Answered when the peer has it. Ended when the client goes away.',
  request: takes(
    z.strictObject({
      peer: PeerIdText,
      path: PathText,
      round: z.int32().min(-1).openapi({ description: 'The round; -1 for the model that all begin with.' }),
      weight: WeightText.default('1')
    })
  ),
  responses: {
    ...answers(
      z.object({ peer: PeerIdText, outcome: z.enum(['delivered', 'have', 'pending']) }),
      'What became of it.'
    ),
    ...fails(400, 404, 409, 413, 502, 503, 504, 507)
  }
})

const save = createRoute({
  method: 'post',
  path: '/models/save',
  summary: 'Writes a model to a file, which is there whole or not at all.',
  request: takes(z.strictObject({ id: ModelIdText, path: PathText })),
  responses: { ...answers(ModelSchema, 'What was written.'), ...fails(400, 404, 504, 507) }
})

export function modelRoutes(app: OpenAPIHono, nebula: Nebula): void {
  app.openapi(list, (c) => c.json({ models: nebula.models().map(modelInfoJson) }, 200))

  app.openapi(send, async (c) => {
    const { peer, path, round, weight } = c.req.valid('json')
    const model = { payload: { path }, round, weight: BigInt(weight) }
    const { outcome } = await sendModelTo(nebula, parsePeerId(peer), model, transferSignal(c))

    return c.json({ peer, outcome }, 200)
  })

  app.openapi(save, async (c) => {
    const { id, path } = c.req.valid('json')
    const model = nebula.openModel(id)

    await model.saveTo(path, { signal: transferSignal(c) })

    return c.json(modelInfoJson(model), 200)
  })
}
