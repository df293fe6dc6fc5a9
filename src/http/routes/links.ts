import { createRoute, z } from '@hono/zod-openapi'
import { NoLinkError } from '../errors.ts'
import { linkJson } from '../event-json.ts'
import { parsePeerId, parseTarget } from '../parse.ts'
import { ConnectSchema, DisconnectSchema, LinkSchema, PeerIdText, ReadySchema } from '../schemas.ts'
import { answers, fails, operationSignal, takes } from './common.ts'
import type { Nebula } from '../../interface.ts'
import type { OpenAPIHono } from '@hono/zod-openapi'

const getPeers = createRoute({
  method: 'get',
  path: '/peers',
  summary: 'The linked peers, and those whose link was lost and is being made again.',
  responses: answers(
    z.object({
      peers: z.array(LinkSchema).openapi({ description: 'The open links.' }),
      reconnecting: z.array(LinkSchema).openapi({
        description: 'The links that were lost and are being made again: nothing can be sent over them.'
      })
    }),
    'One link a peer.'
  )
})

const connect = createRoute({
  method: 'post',
  path: '/connect',
  summary: 'Makes a link, or upgrades the one there is.',
  request: takes(ConnectSchema),
  responses: { ...answers(LinkSchema, 'The link.'), ...fails(400, 409, 502, 504) }
})

const disconnect = createRoute({
  method: 'post',
  path: '/disconnect',
  summary: 'Ends a link; `forced` blacklists the peer, linked or not.',
  request: takes(DisconnectSchema),
  responses: { ...answers(z.object({ peer: PeerIdText }), 'The link is gone.'), ...fails(400, 404, 504) }
})

const setDirect = createRoute({
  method: 'put',
  path: '/peers/{peer}/direct',
  summary: 'Makes a link direct or undirected at both ends.',
  request: {
    params: z.object({ peer: PeerIdText }),
    ...takes(z.strictObject({ direct: z.boolean() }))
  },
  responses: { ...answers(LinkSchema, 'The link as it is now.'), ...fails(400, 404, 409, 502, 504) }
})

const markReady = createRoute({
  method: 'post',
  path: '/ready',
  summary:
    'Marks a peer as ready, as if it had said `federation_ready`; one without a link counts once it is linked.',
  request: takes(ReadySchema),
  responses: { ...answers(ReadySchema, 'The peer is marked.'), ...fails(400) }
})

export function linkRoutes(app: OpenAPIHono, nebula: Nebula): void {
  app.openapi(getPeers, (c) => {
    const links = nebula.links({ reconnecting: true }).map(linkJson)

    return c.json(
      {
        peers: links.filter(({ state }) => state === 'open'),
        reconnecting: links.filter(({ state }) => state === 'reconnecting')
      },
      200
    )
  })

  app.openapi(connect, async (c) => {
    const { multiaddr, direct, priority } = c.req.valid('json')
    const signal = operationSignal(c)
    const link = await nebula.connect(parseTarget(multiaddr), { direct, priority, signal })

    return c.json(linkJson(link), 200)
  })

  app.openapi(disconnect, async (c) => {
    const { mutual, forced, restrict, ...body } = c.req.valid('json')
    const peer = parsePeerId(body.peer)

    if (!forced && nebula.link(peer, { reconnecting: true }) == null) {
      throw new NoLinkError(body.peer)
    }

    await nebula.disconnect(peer, { mutual, forced, restrict, signal: operationSignal(c) })

    return c.json({ peer: peer.toString() }, 200)
  })

  app.openapi(setDirect, async (c) => {
    const { direct } = c.req.valid('json')
    const peer = parsePeerId(c.req.valid('param').peer)

    return c.json(linkJson(await nebula.setDirect(peer, direct, { signal: operationSignal(c) })), 200)
  })

  app.openapi(markReady, (c) => {
    const peer = parsePeerId(c.req.valid('json').peer)

    nebula.addReadyConnection(peer)

    return c.json({ peer: peer.toString() }, 200)
  })
}
