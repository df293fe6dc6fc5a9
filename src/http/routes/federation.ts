import { createRoute } from '@hono/zod-openapi'
import { parseTarget } from '../parse.ts'
import {
  BeaconChangeSchema,
  BeaconSchema,
  ExternalConnectionServiceSchema,
  FederationSchema,
  JoinResultSchema,
  JoinSchema
} from '../schemas.ts'
import { answers, fails, operationSignal, takes } from './common.ts'
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
