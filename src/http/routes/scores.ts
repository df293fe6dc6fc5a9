import { createRoute, z } from '@hono/zod-openapi'
import { parsePeerId } from '../parse.ts'
import { PeerIdText, ScoreSchema } from '../schemas.ts'
import { answers, fails } from './common.ts'
import type { Nebula, ScoreExplanation } from '../../interface.ts'
import type { OpenAPIHono } from '@hono/zod-openapi'

const getScores = createRoute({
  method: 'get',
  path: '/scores',
  summary: 'The scores of the peers that are linked, or have something held against them; the worst first.',
  responses: answers(z.object({ scores: z.array(ScoreSchema) }), 'One score a peer.')
})

const getScore = createRoute({
  method: 'get',
  path: '/peers/{peer}/score',
  summary: 'A peer’s score, and every term that it is the sum of.',
  description: 'A peer that is not known has a score of 0.',
  request: { params: z.object({ peer: PeerIdText }) },
  responses: { ...answers(ScoreSchema, 'The score.'), ...fails(400) }
})

export function scoreRoutes(app: OpenAPIHono, nebula: Nebula): void {
  app.openapi(getScores, (c) => c.json({ scores: nebula.scores().map(scoreJson) }, 200))

  app.openapi(getScore, (c) =>
    c.json(scoreJson(nebula.explainScore(parsePeerId(c.req.valid('param').peer))), 200)
  )
}

function scoreJson(explanation: ScoreExplanation) {
  return { ...explanation, peer: explanation.peer.toString() }
}
