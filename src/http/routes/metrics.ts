import { createRoute, z } from '@hono/zod-openapi'
import { RouteNotFoundError } from '../errors.ts'
import type { OpenAPIHono } from '@hono/zod-openapi'

/** The node's metrics as Prometheus scrapes them. */
export interface MetricsText {
  contentType: string
  read(): Promise<string>
}

const getMetrics = createRoute({
  method: 'get',
  path: '/metrics',
  summary: 'Counters and measures of the node, as Prometheus scrapes them.',
  description: 'Not found where `metrics.enabled` is false.',
  responses: {
    200: { content: { 'text/plain': { schema: z.string() } }, description: 'Prometheus text.' }
  }
})

export function metricsRoutes(app: OpenAPIHono, metrics: MetricsText | undefined): void {
  app.openapi(getMetrics, async (c) => {
    if (metrics == null) {
      throw new RouteNotFoundError()
    }

    return c.text(await metrics.read(), 200, { 'Content-Type': metrics.contentType })
  })
}
