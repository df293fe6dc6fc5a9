import { createRoute, z } from '@hono/zod-openapi'
import { parsePeerId } from '../parse.ts'
import { PeerIdText, RestrictSchema, RestrictionSchema } from '../schemas.ts'
import { answers, fails, takes } from './common.ts'
import type { Nebula } from '../../interface.ts'
import type { OpenAPIHono } from '@hono/zod-openapi'

const all = answers(z.object({ restrictions: z.array(RestrictionSchema) }), 'All restrictions.')

const list = createRoute({
  method: 'get',
  path: '/restrictions',
  summary: 'The peers that are neither dialled nor accepted.',
  responses: all
})

const add = createRoute({
  method: 'post',
  path: '/restrictions',
  summary: 'Blacklists a peer and ends its link.',
  request: takes(RestrictSchema),
  responses: { ...all, ...fails(400) }
})

const remove = createRoute({
  method: 'delete',
  path: '/restrictions/{peer}',
  summary: 'Takes a peer off the blacklist; harmless when it is not on it.',
  request: { params: z.object({ peer: PeerIdText }) },
  responses: { ...all, ...fails(400) }
})

const clear = createRoute({
  method: 'delete',
  path: '/restrictions',
  summary: 'Lifts every restriction.',
  responses: all
})

export function restrictionRoutes(app: OpenAPIHono, nebula: Nebula): void {
  const restrictions = () => ({
    restrictions: nebula.restrictions().map((entry) => ({ ...entry, peer: entry.peer.toString() }))
  })

  app.openapi(list, (c) => c.json(restrictions(), 200))

  app.openapi(add, async (c) => {
    const { peer, reason } = c.req.valid('json')

    await nebula.addToBlacklist(parsePeerId(peer), reason)

    return c.json(restrictions(), 200)
  })

  app.openapi(remove, async (c) => {
    await nebula.removeFromBlacklist(parsePeerId(c.req.valid('param').peer))

    return c.json(restrictions(), 200)
  })

  app.openapi(clear, async (c) => {
    await nebula.clearRestrictions()

    return c.json(restrictions(), 200)
  })
}
