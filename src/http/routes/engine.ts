/** The state of learning, which a trainer in another process sets. */
import { createRoute, z } from '@hono/zod-openapi'
import { NoEngineError } from '../errors.ts'
import { parsePeerId, parseTarget } from '../parse.ts'
import { ModelIdText, MultiaddrText, PeerIdText, PendingRequestSchema, WeightText } from '../schemas.ts'
import { answers, fails, takes } from './common.ts'
import type { ClientEngine } from '../../engine/index.ts'
import type { Nebula } from '../../interface.ts'
import type { OpenAPIHono } from '@hono/zod-openapi'

/** Links that an answer may tell a peer to make or to end. */
const MAX_TOLD_PEERS = 64

const TrainingSchema = z.strictObject({
  rounds: z.int32().min(0).optional().openapi({ description: 'Rounds in all.' }),
  epochs: z.int32().min(0).optional().openapi({ description: 'Epochs of a round.' }),
  loss: z.number().optional().openapi({ description: 'The loss of late.' })
})

const fields = {
  round: z.int32().min(0).nullable().openapi({
    description: 'The current round, from 0; null while none has begun.'
  }),
  finished: z.boolean().openapi({
    description: 'Whether learning has finished. Then no link is opened, accepted or redialled.'
  }),
  modelsWhenFinished: z.boolean().openapi({
    description: 'Whether models are sent and received although learning has finished.'
  }),
  weight: WeightText.openapi({ description: 'The number of samples behind the model, in decimal.' }),
  training: TrainingSchema.openapi({ description: 'What nodes are told that want to join.' }),
  acceptNeighbours: z.enum(['all', 'none', 'ask']).openapi({
    description:
      'Whether a peer that asks to become a neighbour does. `ask` raises `neighbour:request`; without an answer ' +
      'in time the peer is accepted.'
  }),
  model: ModelIdText.nullable().openapi({
    description:
      'The model as it is now, for propagation and for nodes that come late; null while there is none. It has ' +
      'to be kept by the node: upload it first.'
  })
}

const EngineSchema = z.object(fields).openapi('Engine')
const EngineChangeSchema = z.strictObject(fields).partial().openapi('EngineChange')

const getEngine = createRoute({
  method: 'get',
  path: '/engine',
  summary: 'The state of learning, as the trainer has set it.',
  responses: { ...answers(EngineSchema, 'The state.'), ...fails(409) }
})

const putEngine = createRoute({
  method: 'put',
  path: '/engine',
  summary: 'Sets the state of learning. What is left out stays as it is.',
  request: takes(EngineChangeSchema),
  responses: { ...answers(EngineSchema, 'The state as it is now.'), ...fails(400, 404, 409) }
})

const getRequests = createRoute({
  method: 'get',
  path: '/engine/requests',
  summary: 'The peers that ask to become neighbours and wait for an answer.',
  responses: {
    ...answers(z.object({ requests: z.array(PendingRequestSchema) }), 'The oldest first.'),
    ...fails(409)
  }
})

const answerRequest = createRoute({
  method: 'post',
  path: '/engine/requests/{id}',
  summary: 'Answers a peer that asks to become a neighbour.',
  request: {
    params: z.object({ id: z.uuid() }),
    ...takes(
      z.strictObject({
        accept: z.boolean(),
        connectTo: z.array(MultiaddrText).max(MAX_TOLD_PEERS).optional().openapi({
          description: 'Whom the peer is told to link with as well: multiaddrs, or `/p2p/ID`.'
        }),
        disconnectFrom: z.array(PeerIdText).max(MAX_TOLD_PEERS).optional().openapi({
          description: 'From whom the peer is told to part.'
        })
      })
    )
  },
  responses: { ...answers(z.object({ id: z.uuid() }), 'The peer is answered.'), ...fails(400, 404, 409) }
})

export function engineRoutes(app: OpenAPIHono, nebula: Nebula, given: ClientEngine | undefined): void {
  /** The id of the engine's model. */
  let model: string | null = null

  const engine = (): ClientEngine => {
    if (given == null) {
      throw new NoEngineError()
    }

    return given
  }

  const stateJson = () => {
    const { weight, model: _, ...state } = engine().state

    return { ...state, weight: weight.toString(), model }
  }

  app.openapi(getEngine, (c) => c.json(stateJson(), 200))

  app.openapi(putEngine, (c) => {
    const { weight, model: id, ...change } = c.req.valid('json')

    engine().update({
      ...change,
      ...(weight == null ? {} : { weight: BigInt(weight) }),
      ...(id === undefined ? {} : { model: id == null ? undefined : nebula.openModel(id) })
    })
    model = id === undefined ? model : id

    return c.json(stateJson(), 200)
  })

  app.openapi(getRequests, (c) => {
    const requests = engine()
      .requests()
      .map(({ peer, ...request }) => ({ ...request, peer: peer.toString() }))

    return c.json({ requests }, 200)
  })

  app.openapi(answerRequest, (c) => {
    const { id } = c.req.valid('param')
    const { accept, connectTo, disconnectFrom } = c.req.valid('json')

    engine().answer(id, {
      accept,
      connectTo: connectTo?.map(parseTarget),
      disconnectFrom: disconnectFrom?.map(parsePeerId)
    })

    return c.json({ id }, 200)
  })
}
