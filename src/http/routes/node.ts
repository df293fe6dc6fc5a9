import { createRoute } from '@hono/zod-openapi'
import { NodeSchema } from '../schemas.ts'
import { answers } from './common.ts'
import type { NodeInfo } from '../node-info.ts'
import type { OpenAPIHono } from '@hono/zod-openapi'

const getNode = createRoute({
  method: 'get',
  path: '/node',
  summary: 'This node.',
  responses: answers(NodeSchema, 'Who the node is and how it stands.')
})

export function nodeRoutes(app: OpenAPIHono, info: () => NodeInfo): void {
  app.openapi(getNode, (c) => c.json(info(), 200))
}
