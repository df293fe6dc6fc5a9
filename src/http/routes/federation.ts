import { createRoute, z } from '@hono/zod-openapi'
import { errorJson } from '../error-response.ts'
import { parseTarget } from '../parse.ts'
import {
  BeaconChangeSchema,
  BeaconSchema,
  ErrorSchema,
  ExternalConnectionServiceSchema,
  FederationSchema,
  JoinResultSchema,
  JoinSchema,
  ModelIdText,
  PeerIdText
} from '../schemas.ts'
import { answers, fails, operationSignal, takes, transferSignal } from './common.ts'
import type { Nebula } from '../../interface.ts'
import type { OpenAPIHono } from '@hono/zod-openapi'

const getFederation = createRoute({
  method: 'get',
  path: '/federation',
  summary: 'The members of the federation on the LAN, which peers are ready, and which have begun to learn.',
  responses: { ...answers(FederationSchema, 'The federation as this node sees it.'), ...fails(504) }
})

const join = createRoute({
  method: 'post',
  path: '/join',
  summary: 'Links with the members and sends each a discover message.',
  request: takes(JoinSchema),
  responses: { ...answers(JoinResultSchema, 'What came of it.'), ...fails(400, 409, 504) }
})

const lateJoin = createRoute({
  method: 'post',
  path: '/late-join',
  summary: 'Comes to a federation that learns already, or finds further neighbours in it.',
  description: 'Answered when the members that made an offer and were asked have become neighbours.',
  request: takes(JoinSchema),
  responses: {
    ...answers(
      z.object({
        offers: z.array(z.object({ peer: PeerIdText, model: ModelIdText.optional() })).openapi({
          description: 'The members that made an offer; `model` can be downloaded.'
        }),
        candidates: z
          .array(PeerIdText)
          .openapi({ description: 'Those that were asked to become neighbours.' }),
        neighbours: z.array(PeerIdText).openapi({ description: 'Those that became neighbours.' })
      }),
      'What came of it.'
    ),
    ...fails(400, 409, 504)
  }
})

const propagate = createRoute({
  method: 'post',
  path: '/propagate',
  summary: 'Sends the model of the engine to every neighbour that is to have it.',
  description: '`initialization`: the model that all begin with; `stable`: the model of the current round.',
  request: takes(
    z.strictObject({
      strategy: z.enum(['initialization', 'stable']),
      anew: z.boolean().default(false).openapi({
        description: 'Whether to send it to those who have an earlier model of the round, too.'
      })
    })
  ),
  responses: {
    ...answers(
      z.object({
        model: ModelIdText.nullable().openapi({
          description: 'What was sent; null when there was none to send.'
        }),
        sent: z.array(PeerIdText),
        failed: z.array(z.object({ peer: PeerIdText, error: ErrorSchema.shape.error })),
        skipped: z.array(PeerIdText).openapi({ description: 'Neighbours that need no model.' })
      }),
      'What one cycle did.'
    ),
    ...fails(400, 409, 504)
  }
})

const getBeacon = createRoute({
  method: 'get',
  path: '/beacon',
  summary: 'Whether the node announces itself on the LAN.',
  responses: answers(BeaconSchema, 'The beacon.')
})

const putBeacon = createRoute({
  method: 'put',
  path: '/beacon',
  summary: 'Starts or stops the beacon, or changes its interval.',
  request: takes(BeaconChangeSchema),
  responses: { ...answers(BeaconSchema, 'The beacon as it is now.'), ...fails(400) }
})

const getService = createRoute({
  method: 'get',
  path: '/external-connection-service',
  summary: 'Whether the node looks for others on the LAN, and answers those that look for it.',
  responses: answers(ExternalConnectionServiceSchema, 'The external connection service.')
})

const putService = createRoute({
  method: 'put',
  path: '/external-connection-service',
  summary: 'Starts or stops the external connection service; the beacon stays as it is.',
  request: takes(ExternalConnectionServiceSchema),
  responses: {
    ...answers(ExternalConnectionServiceSchema, 'The external connection service as it is now.'),
    ...fails(400)
  }
})

export function federationRoutes(app: OpenAPIHono, nebula: Nebula): void {
  const beacon = () => ({ running: nebula.beaconRunning, interval: nebula.beaconInterval })

  app.openapi(getFederation, async (c) => {
    const present = await nebula.findFederation({ signal: operationSignal(c) })

    return c.json(
      {
        federation: nebula.federation,
        present: present.map(String),
        readyPeers: nebula.readyPeers().map(String),
        learningPeers: nebula.learningPeers().map(String),
        ready: nebula.checkFederationReady()
      },
      200
    )
  })

  app.openapi(join, async (c) => {
    const { type, addrs } = c.req.valid('json')
    const result = await nebula.joinFederation({
      type,
      addrs: addrs?.map(parseTarget),
      signal: operationSignal(c)
    })

    return c.json(
      {
        discoversSent: result.discoversSent,
        linksMade: result.linksMade.map(String),
        linksKept: result.linksKept.map(String),
        leftOut: result.leftOut.map(({ member, reason, error }) => ({
          member: [member].flat().map(String),
          reason,
          ...(error == null ? {} : { error: { name: error.name, message: error.message } })
        }))
      },
      200
    )
  })

  app.openapi(lateJoin, async (c) => {
    const { type, addrs } = c.req.valid('json')
    const result = await nebula.lateJoin({ type, addrs: addrs?.map(parseTarget), signal: operationSignal(c) })

    return c.json(
      {
        offers: result.offers.map(({ peer, model }) => ({ peer: peer.toString(), model: model?.id })),
        candidates: result.candidates.map(String),
        neighbours: result.neighbours.map(String)
      },
      200
    )
  })

  app.openapi(propagate, async (c) => {
    const { strategy, anew } = c.req.valid('json')
    const { model, sent, failed, skipped } = await nebula.propagator.propagate(strategy, {
      anew,
      signal: transferSignal(c)
    })

    return c.json(
      {
        model: model?.id ?? null,
        sent: sent.map(({ peer }) => peer.toString()),
        failed: failed.map(({ peer, error }) => ({ peer: peer.toString(), error: errorJson(error) })),
        skipped: skipped.map(String)
      },
      200
    )
  })

  app.openapi(getBeacon, (c) => c.json(beacon(), 200))

  app.openapi(putBeacon, async (c) => {
    const { running, interval } = c.req.valid('json')

    if (interval != null) {
      await nebula.setBeaconInterval(interval)
    }

    if (running != null && running !== nebula.beaconRunning) {
      await (running ? nebula.startBeacon() : nebula.stopBeacon())
    }

    return c.json(beacon(), 200)
  })

  app.openapi(getService, (c) => c.json({ running: nebula.externalConnectionServiceRunning }, 200))

  app.openapi(putService, async (c) => {
    const { running } = c.req.valid('json')

    if (running !== nebula.externalConnectionServiceRunning) {
      await (running ? nebula.startExternalConnectionService() : nebula.stopExternalConnectionService())
    }

    return c.json({ running: nebula.externalConnectionServiceRunning }, 200)
  })
}
