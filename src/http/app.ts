/** The routes behind their guards, as one function from request to response. */
import { OpenAPIHono } from '@hono/zod-openapi'
import { except } from 'hono/combine'
import { HTTPException } from 'hono/http-exception'
import { API_BASE, MAX_BODY_BYTES } from './constants.ts'
import { errorResponse } from './error-response.ts'
import { InvalidRequestError, RouteNotFoundError } from './errors.ts'
import { isUpload, limitBody, requireLocal, requireToken } from './guard.ts'
import { nodeInfo, readyEvent } from './node-info.ts'
import { engineRoutes } from './routes/engine.ts'
import { eventRoutes } from './routes/events.ts'
import { federationRoutes } from './routes/federation.ts'
import { linkRoutes } from './routes/links.ts'
import { messageRoutes } from './routes/messages.ts'
import { metricsRoutes } from './routes/metrics.ts'
import { modelBodyRoutes } from './routes/model-bodies.ts'
import { modelRoutes } from './routes/models.ts'
import { nodeRoutes } from './routes/node.ts'
import { restrictionRoutes } from './routes/restrictions.ts'
import { scoreRoutes } from './routes/scores.ts'
import type { ClientEngine } from '../engine/index.ts'
import type { EventStream } from './event-stream.ts'
import type { MetricsText } from './routes/metrics.ts'
import type { NodeInfo, NodeInfoComponents } from './node-info.ts'
import type { Logger } from '@libp2p/interface'

export interface AppComponents extends NodeInfoComponents {
  events: EventStream
  log: Logger
  metrics?: MetricsText
  engine?: ClientEngine
}

export interface AppInit {
  token: string
  readOnlyToken?: string
  /** @default 65,536 */
  maxBodyBytes?: number
  /** Who the node is, as `/node` tells it. */
  identity: () => Pick<NodeInfo, 'agent' | 'version' | 'startedAt'>
  /** The address the server has at last. */
  address: () => { url: string; port: number }
}

export function createApp(components: AppComponents, init: AppInit): OpenAPIHono {
  const { nebula, events, log } = components
  const app = new OpenAPIHono({
    defaultHook: (result) => {
      if (!result.success) {
        throw new InvalidRequestError(describeIssues(result.error.issues))
      }
    }
  })
  const api = app.basePath(API_BASE)

  app.use(async (c, next) => {
    await next()
    c.header('Cache-Control', 'no-store')
    c.header('X-Content-Type-Options', 'nosniff')
  })
  app.use(requireToken(init.token, init.readOnlyToken))
  app.use(requireLocal(() => init.address().port))
  app.use(except(isUpload, limitBody(init.maxBodyBytes ?? MAX_BODY_BYTES, components.clock)))

  // where Prometheus looks for it
  metricsRoutes(app, components.metrics)
  nodeRoutes(api, () => nodeInfo(components, init.identity()))
  linkRoutes(api, nebula)
  messageRoutes(api, nebula)
  modelRoutes(api, nebula)
  modelBodyRoutes(api, nebula, components.clock)
  engineRoutes(api, nebula, components.engine)
  federationRoutes(api, nebula)
  restrictionRoutes(api, nebula)
  scoreRoutes(api, nebula)
  eventRoutes(api, events, () => readyEvent(components, init.address().url))
  serveDocument(api, init.identity().version)

  app.notFound(() => {
    throw new RouteNotFoundError()
  })
  app.onError((error, c) => {
    const { status, body } = errorResponse(error instanceof HTTPException ? badRequest(error) : error)

    if (status === 401) {
      c.header('WWW-Authenticate', 'Bearer')
    } else {
      log('%s %s failed with %d - %e', c.req.method, c.req.path, status, error)
    }

    return c.json(body, status)
  })

  return app
}

function serveDocument(api: OpenAPIHono, version: string): void {
  api.openAPIRegistry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    description: 'The text of the file `token` in the node’s data directory.'
  })
  api.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'Nebula control API',
      version,
      description:
        'Controls a running node from its own machine. Every request needs the bearer token; without it the ' +
        'answer is 401, and 403 with a foreign Host or Origin. Errors are `{ error: { name, message, reason } }`.',
      license: { name: 'MIT OR Apache-2.0' }
    },
    security: [{ token: [] }]
  })
}

/** Each issue's path and message, so that the caller finds the place. */
function describeIssues(issues: ReadonlyArray<{ path: PropertyKey[]; message: string }>): string {
  return issues.map(({ path, message }) => `${path.map(String).join('.') || 'body'}: ${message}`).join('; ')
}

/** Hono's own complaint, which is about a body that is not JSON, by its content or its type. */
function badRequest(error: Error): Error {
  return new InvalidRequestError(error.message, { cause: error })
}
