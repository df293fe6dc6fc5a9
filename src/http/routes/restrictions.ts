import { createRoute, z } from '@hono/zod-openapi'
import { looksLikeSubnet } from '../../scoring/index.ts'
import { parsePeerId } from '../parse.ts'
import { BlockedAddressSchema, RestrictSchema, RestrictionSchema } from '../schemas.ts'
import { answers, fails, takes } from './common.ts'
import type { Nebula } from '../../interface.ts'
import type { OpenAPIHono } from '@hono/zod-openapi'

const all = answers(
  z.object({ restrictions: z.array(RestrictionSchema), addresses: z.array(BlockedAddressSchema) }),
  'All restrictions.'
)

const TargetText = z.string().min(2).max(128).openapi({
  description: 'A PeerId, an IP address or a subnet, the slash as %2F.',
  example: '203.0.113.7'
})

const list = createRoute({
  method: 'get',
  path: '/restrictions',
  summary: 'The peers and addresses that are neither dialled nor accepted.',
  responses: all
})

const add = createRoute({
  method: 'post',
  path: '/restrictions',
  summary: 'Blacklists a peer, or an address, and ends its links.',
  request: takes(RestrictSchema),
  responses: { ...all, ...fails(400) }
})

const remove = createRoute({
  method: 'delete',
  path: '/restrictions/{target}',
  summary: 'Takes a peer, or an address, off the blacklist; harmless when it is not on it.',
  description: 'What the peer has done is forgotten. An address of the configuration stays.',
  request: { params: z.object({ target: TargetText }) },
  responses: { ...all, ...fails(400) }
})

const clear = createRoute({
  method: 'delete',
  path: '/restrictions',
  summary: 'Lifts every restriction but those of the configuration.',
  responses: all
})

export function restrictionRoutes(app: OpenAPIHono, nebula: Nebula): void {
  const restrictions = () => ({
    restrictions: nebula.restrictions().map((entry) => ({ ...entry, peer: entry.peer.toString() })),
    addresses: nebula.blockedAddresses()
  })

  app.openapi(list, (c) => c.json(restrictions(), 200))

  app.openapi(add, async (c) => {
    const body = c.req.valid('json')
    const { reason, ttl } = body

    await nebula.addToBlacklist('peer' in body ? parsePeerId(body.peer) : body.address, { reason, ttl })

    return c.json(restrictions(), 200)
  })

  app.openapi(remove, async (c) => {
    const { target } = c.req.valid('param')

    await nebula.removeFromBlacklist(looksLikeSubnet(target) ? target : parsePeerId(target))

    return c.json(restrictions(), 200)
  })

  app.openapi(clear, async (c) => {
    await nebula.clearRestrictions()

    return c.json(restrictions(), 200)
  })
}
