/** Models as bytes: what a trainer uploads and downloads, and what it has done with them by their ids. */
import { ReadableStream } from 'node:stream/web'
import { createRoute, z } from '@hono/zod-openapi'
import { UPLOAD_IDLE_MS } from '../constants.ts'
import { errorJson } from '../error-response.ts'
import { modelInfoJson } from '../event-json.ts'
import { InvalidRequestError, UploadStalledError } from '../errors.ts'
import { parseRange, sliceBytes } from '../byte-range.ts'
import { parsePeerId } from '../parse.ts'
import { ErrorSchema, ModelIdText, ModelSchema, PeerIdText, WeightText } from '../schemas.ts'
import { answers, fails, sendModelTo, takes, transferSignal } from './common.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Nebula } from '../../interface.ts'
import type { ReadableModel } from '../../models/index.ts'
import type { HttpBindings } from '@hono/node-server'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { PeerId } from '@libp2p/interface'

const BINARY = 'application/octet-stream'
const Binary = z.string().openapi({ type: 'string', format: 'binary' })
const params = z.object({ id: ModelIdText })
const WholeNumber = z.string().regex(/^-?\d{1,10}$/, 'expected a whole number')

const upload = createRoute({
  method: 'post',
  path: '/models',
  summary: 'Keeps the body as a model of this node, ready to be sent.',
  description:
    'The body is stored as it comes; its length need not be known beforehand. An upload that does not end as it ' +
    'should leaves nothing. The same bytes with the same fields are a new model each time.',
  request: {
    query: z.strictObject({
      round: WholeNumber.transform(Number).pipe(z.int32().min(-1)).openapi({
        type: 'integer',
        description: 'The round; -1 for the model that all begin with.',
        example: 3
      }),
      weight: WeightText.default('1'),
      kind: z.enum(['model', 'offer']).default('model'),
      encoding: z.enum(['none', 'zstd', 'zlib', 'brotli']).optional().openapi({
        description: 'How it is compressed, if that makes it smaller. Without it, as the node is configured.'
      })
    }),
    body: { content: { [BINARY]: { schema: Binary } }, required: true }
  },
  responses: { ...answers(ModelSchema, 'The model.'), ...fails(400, 413, 503, 504, 507) }
})

const download = createRoute({
  method: 'get',
  path: '/models/{id}',
  summary: 'The payload of a model that is kept whole.',
  description: 'One range of bytes may be asked for (`Range`). The `ETag` is the id.',
  request: { params, headers: z.object({ range: z.string().max(128).optional() }) },
  responses: {
    200: { content: { [BINARY]: { schema: Binary } }, description: 'All of it.' },
    206: { content: { [BINARY]: { schema: Binary } }, description: 'The range.' },
    304: { description: 'The client has it (`If-None-Match`).' },
    ...fails(404, 416)
  }
})

const send = createRoute({
  method: 'post',
  path: '/models/{id}/send',
  summary: 'Sends a model that is kept to linked peers.',
  description: 'Answered when each has it or has failed. Ended when the client goes away.',
  request: {
    params,
    ...takes(
      z.strictObject({ peers: z.union([z.literal('neighbours'), z.array(PeerIdText).min(1).max(1_000)]) })
    )
  },
  responses: {
    ...answers(
      z.object({
        deliveries: z.array(
          z.object({
            peer: PeerIdText,
            outcome: z.enum(['delivered', 'have', 'pending', 'failed']),
            error: ErrorSchema.shape.error.optional().openapi({ description: 'Why it failed.' })
          })
        )
      }),
      'What became of it, in the order of the peers.'
    ),
    ...fails(400, 404, 409)
  }
})

const fetchModel = createRoute({
  method: 'post',
  path: '/models/{id}/fetch',
  summary: 'Asks a linked peer for a model that it has; answered when it is here whole.',
  request: { params, ...takes(z.strictObject({ peer: PeerIdText })) },
  responses: { ...answers(ModelSchema, 'The model.'), ...fails(400, 404, 409, 502, 503, 504, 507) }
})

const cancel = createRoute({
  method: 'delete',
  path: '/models/{id}/fetch',
  summary: 'Gives up receiving a model. What has come is kept for a while.',
  request: { params },
  responses: answers(z.object({ id: ModelIdText }), 'It is given up.')
})

export function modelBodyRoutes(app: OpenAPIHono, nebula: Nebula, clock: Clock): void {
  app.openapi(upload, async (c) => {
    const { weight, ...fields } = c.req.valid('query')
    const { incoming } = c.env as HttpBindings
    const payload = piecesOf(incoming, clock)
    const model = await nebula.createModel(
      { ...fields, weight: BigInt(weight), payload },
      { signal: transferSignal(c) }
    )

    return c.json(modelInfoJson(model), 200)
  })

  app.openapi(download, (c) => {
    const model = nebula.openModel(c.req.valid('param').id)
    const headers = { 'Content-Type': BINARY, 'Accept-Ranges': 'bytes', ETag: `"${model.id}"` }

    if (c.req.header('if-none-match') === headers.ETag) {
      return c.body(null, 304, headers)
    }

    const { size } = model
    const range = parseRange(c.req.valid('header').range, size)

    if (range == null) {
      return c.body(streamOf(model), 200, { ...headers, 'Content-Length': String(size) })
    }

    return c.body(streamOf(sliceBytes(model, range)), 206, {
      ...headers,
      'Content-Length': String(range.end - range.start),
      'Content-Range': `bytes ${range.start}-${range.end - 1}/${size}`
    })
  })

  app.openapi(send, async (c) => {
    const { peers } = c.req.valid('json')
    const model = nebula.openModel(c.req.valid('param').id)
    const signal = transferSignal(c)
    const targets =
      peers === 'neighbours' ? nebula.peers({ onlyDirect: true }) : peers.map((text) => parsePeerId(text))
    const deliveries = targets.map(async (peer) => deliver(nebula, model, peer, signal))

    return c.json({ deliveries: await Promise.all(deliveries) }, 200)
  })

  app.openapi(fetchModel, async (c) => {
    const model = await nebula.fetchModel(c.req.valid('param').id, parsePeerId(c.req.valid('json').peer), {
      signal: transferSignal(c)
    })

    return c.json(modelInfoJson(model), 200)
  })

  app.openapi(cancel, (c) => {
    const { id } = c.req.valid('param')

    nebula.cancelModel(id)

    return c.json({ id }, 200)
  })
}

/** The body as it comes, which must not stand still. */
async function* piecesOf(incoming: HttpBindings['incoming'], clock: Clock): AsyncGenerator<Uint8Array> {
  const stalled = (): void => void incoming.destroy(new UploadStalledError(UPLOAD_IDLE_MS))
  let timer = clock.setTimeout(stalled, UPLOAD_IDLE_MS)

  try {
    for await (const piece of incoming) {
      // only the wait for the client counts, not that for the disk
      timer.clear()
      yield piece as Uint8Array
      timer = clock.setTimeout(stalled, UPLOAD_IDLE_MS)
    }
  } catch (error) {
    throw incoming.errored === error && !(error instanceof UploadStalledError)
      ? new InvalidRequestError('the upload was not whole', { cause: error })
      : error
  } finally {
    timer.clear()
  }
}

/** Read only as fast as the client takes it. */
function streamOf(source: AsyncIterable<Uint8Array>): globalThis.ReadableStream<Uint8Array> {
  return ReadableStream.from(source) as globalThis.ReadableStream<Uint8Array>
}

async function deliver(nebula: Nebula, model: ReadableModel, peer: PeerId, signal: AbortSignal) {
  try {
    const { outcome } = await sendModelTo(nebula, peer, model, signal)

    return { peer: peer.toString(), outcome }
  } catch (error) {
    return { peer: peer.toString(), outcome: 'failed' as const, error: errorJson(error) }
  }
}
