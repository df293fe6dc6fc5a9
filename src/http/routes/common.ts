import { MODEL_TIMEOUT_MS, OPERATION_TIMEOUT_MS } from '../constants.ts'
import { firstError } from '../../lib/settle-all.ts'
import { ErrorSchema } from '../schemas.ts'
import type { z } from '@hono/zod-openapi'
import type { Nebula } from '../../interface.ts'
import type { ModelDelivery, ModelInfo, NewModel } from '../../models/index.ts'
import type { PeerId } from '@libp2p/interface'
import type { Context } from 'hono'

/** An answer in JSON. */
export function answers<S extends z.ZodType>(schema: S, description: string) {
  return { 200: { content: { 'application/json': { schema } }, description } }
}

/** A body in JSON, without which the request is refused. */
export function takes<S extends z.ZodType>(schema: S) {
  return { body: { content: { 'application/json': { schema } }, required: true } }
}

const DESCRIPTIONS = {
  400: 'The request is not what the route takes.',
  404: 'There is no link with the peer, or no such model.',
  409: 'The peer refuses, or the state of the node forbids it.',
  413: 'It is larger than the node takes.',
  416: 'There are no such bytes.',
  502: 'The peer cannot be reached.',
  503: 'There is no room.',
  504: 'It took too long.',
  507: 'The disk has no room.'
}

type Failure = keyof typeof DESCRIPTIONS

/** The errors a route has besides those every route has. */
export function fails<S extends Failure>(...statuses: S[]) {
  const content = { 'application/json': { schema: ErrorSchema } }

  return Object.fromEntries(
    statuses.map((status) => [status, { content, description: DESCRIPTIONS[status] }])
  ) as Record<S, { content: typeof content; description: string }>
}

/** Ends what a request asked for when its client goes away, or it takes too long. */
export function operationSignal(c: Context, timeoutMs = OPERATION_TIMEOUT_MS): AbortSignal {
  return AbortSignal.any([c.req.raw.signal, AbortSignal.timeout(timeoutMs)])
}

/** Models take longer than anything else that is asked for. */
export function transferSignal(c: Context): AbortSignal {
  return operationSignal(c, MODEL_TIMEOUT_MS)
}

/** Sends a model to one peer, whose failure is told as it is. */
export async function sendModelTo(
  nebula: Nebula,
  peer: PeerId,
  model: NewModel | ModelInfo,
  signal: AbortSignal
): Promise<ModelDelivery> {
  try {
    const [delivery] = await nebula.sendModel([peer], model, { signal })

    return delivery ?? { peer, outcome: 'have' }
  } catch (err) {
    throw firstError(err)
  }
}
