import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ReadableStream } from 'node:stream/web'
import { after, before, describe, it } from 'node:test'
import { array, assert as assertProperty, asyncProperty, nat, uint8Array } from 'fast-check'
import { defaultLogger } from '@libp2p/logger'
import { parseRange, sliceBytes } from '../../src/http/byte-range.ts'
import { createControlServer } from '../../src/http/index.ts'
import { createOverlayNode, linkNodes, next } from '../support/overlay-nodes.ts'
import { TOKEN } from './support/server.ts'
import type { ControlServer } from '../../src/http/index.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'

const MAX_BYTES = 4 * 1_048_576
const authorization = `Bearer ${TOKEN}`

interface Model {
  id: string
  round: number
  weight: string
  size: number
}

describe('control API: models as bytes', () => {
  let directory: string
  let nodes: [OverlayNode, OverlayNode]
  let servers: [ControlServer, ControlServer]

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nebula-models-'))
    nodes = [
      await createOverlayNode({ models: { directory, maxModelBytes: MAX_BYTES } }),
      await createOverlayNode()
    ]
    servers = [serverOf(nodes[0]), serverOf(nodes[1])]
    await Promise.all(servers.map(async (server) => server.start()))
    await linkNodes(...nodes)
  })

  after(async () => {
    await Promise.all(servers.map(async (server) => server.stop()))
    await Promise.all(nodes.map(async (node) => node.stop()))
    await rm(directory, { recursive: true, force: true })
  })

  const call = async (path: string, init: RequestInit = {}, which = 0): Promise<Response> =>
    fetch(`${servers[which]?.address}/api/v1${path}`, {
      ...init,
      headers: { authorization, ...(init.headers as Record<string, string>) }
    })

  const uploadOf = async (
    body: NonNullable<RequestInit['body']>,
    query = 'round=3&weight=600'
  ): Promise<Model> => {
    const response = await call(`/models?${query}`, { method: 'POST', body, duplex: 'half' } as RequestInit)

    assert.equal(response.status, 200, await response.clone().text())

    return (await response.json()) as Model
  }

  it('go up, to the neighbours, and down there, with the same bytes', async () => {
    const payload = randomBytes(1_000_000)
    const model = await uploadOf(payload)
    const arrived = next(nodes[1], 'model:update', ({ id }) => id === model.id)
    const sent = await call(`/models/${model.id}/send`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ peers: 'neighbours' })
    })
    const [, second] = nodes

    assert.deepEqual(
      { round: model.round, weight: model.weight, size: model.size },
      { round: 3, weight: '600', size: payload.byteLength }
    )
    assert.deepEqual(await sent.json(), {
      deliveries: [{ peer: second.peerId.toString(), outcome: 'delivered' }]
    })
    await arrived

    const down = await call(`/models/${model.id}`, {}, 1)

    assert.equal(down.headers.get('content-length'), String(payload.byteLength))
    assert.equal(down.headers.get('etag'), `"${model.id}"`)
    assert.ok(payload.equals(Buffer.from(await down.arrayBuffer())))
  })

  it('go up without a length, piece by piece', async () => {
    const pieces = [randomBytes(10), randomBytes(200_000), randomBytes(1)]
    const model = await uploadOf(ReadableStream.from(pieces) as BodyInit)
    const down = await call(`/models/${model.id}`)

    assert.ok(Buffer.concat(pieces).equals(Buffer.from(await down.arrayBuffer())))
  })

  it('go down in part, or not at all when the client has them', async () => {
    const payload = randomBytes(100_000)
    const { id } = await uploadOf(payload)
    const part = await call(`/models/${id}`, { headers: { range: 'bytes=50000-50009' } })
    const same = await call(`/models/${id}`, { headers: { 'if-none-match': `"${id}"` } })
    const beyond = await call(`/models/${id}`, { headers: { range: 'bytes=100000-' } })

    assert.equal(part.status, 206)
    assert.equal(part.headers.get('content-range'), 'bytes 50000-50009/100000')
    assert.ok(payload.subarray(50_000, 50_010).equals(Buffer.from(await part.arrayBuffer())))
    assert.equal(same.status, 304)
    assert.equal(beyond.status, 416)
    await beyond.arrayBuffer()
  })

  it('can be fetched from a linked peer by their ids', async () => {
    const { id } = await uploadOf(randomBytes(10_000))
    const fetched = await call(
      `/models/${id}/fetch`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ peer: nodes[0].peerId.toString() })
      },
      1
    )

    assert.equal(((await fetched.json()) as Model).id, id)
    assert.equal((await call(`/models/${id}`, {}, 1)).status, 200)
    assert.equal((await call(`/models/${id}/fetch`, { method: 'DELETE' }, 1)).status, 200)
  })

  it('are no models when the upload is broken off', async () => {
    const { nebula } = nodes[0].services
    const kept = nebula.models().length
    const upload = request(`${servers[0].address}/api/v1/models?round=1`, {
      method: 'POST',
      headers: { authorization, 'content-length': 1_000_000 }
    })
    const closed = new Promise((resolve) => upload.once('close', resolve))

    upload.on('error', () => {})
    await new Promise((resolve) => upload.write(randomBytes(500_000), resolve))
    upload.destroy()
    await closed
    await uploadOf(randomBytes(10))
    assert.equal(nebula.models().length, kept + 1)
  })

  it('are refused above the bound of the node', async () => {
    const { nebula } = nodes[0].services
    const kept = nebula.models().length
    const response = await call('/models?round=1', { method: 'POST', body: randomBytes(MAX_BYTES + 1) })

    assert.equal(response.status, 413)
    await response.arrayBuffer()
    assert.equal(nebula.models().length, kept)
  })

  it('are refused with a round, weight or encoding that is none, and when they are not kept', async () => {
    for (const query of [
      '',
      'round=x',
      'round=-2',
      'round=2147483648',
      'round=1&weight=-1',
      'round=1&encoding=gzip'
    ]) {
      assert.equal((await call(`/models?${query}`, { method: 'POST', body: 'x' })).status, 400, query)
    }

    const weight = await call('/models?round=1&weight=9223372036854775808', { method: 'POST', body: 'x' })

    assert.equal(weight.status, 400)
    assert.equal((await call(`/models/${'ab'.repeat(32)}`)).status, 404)
  })

  it('say which peer they could not be sent to', async () => {
    const { id } = await uploadOf(randomBytes(10))
    const stranger = 'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N'
    const sent = await call(`/models/${id}/send`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ peers: [stranger] })
    })
    const { deliveries } = (await sent.json()) as {
      deliveries: Array<{ outcome: string; error: { name: string } }>
    }

    assert.equal(deliveries[0]?.outcome, 'failed')
    assert.equal(deliveries[0]?.error.name, 'NotLinkedError')
  })
})

describe('a range of bytes', () => {
  it('gives what a slice gives, however the source is cut', async () => {
    await assertProperty(
      asyncProperty(
        array(uint8Array({ maxLength: 20 }), { maxLength: 8 }),
        nat(200),
        nat(200),
        async (pieces, start, length) => {
          const whole = Buffer.concat(pieces)
          const range = { start, end: start + length }
          const parts: Uint8Array[] = []

          for await (const part of sliceBytes(ReadableStream.from(pieces), range)) {
            parts.push(part)
          }

          assert.deepEqual(Buffer.concat(parts), whole.subarray(range.start, range.end))
        }
      )
    )
  })

  it('is read as RFC 9110 has it', () => {
    assert.deepEqual(parseRange('bytes=0-', 10), { start: 0, end: 10 })
    assert.deepEqual(parseRange('bytes=2-5', 10), { start: 2, end: 6 })
    assert.deepEqual(parseRange('bytes=2-50', 10), { start: 2, end: 10 })
    assert.deepEqual(parseRange('bytes=-3', 10), { start: 7, end: 10 })
    assert.deepEqual(parseRange('bytes=-30', 10), { start: 0, end: 10 })

    for (const whole of [
      undefined,
      '',
      'bytes=',
      'bytes=-',
      'bytes=5-2',
      'bytes=0-1,3-4',
      'lines=0-1',
      'bytes=x-'
    ]) {
      assert.equal(parseRange(whole, 10), undefined, whole)
    }

    for (const none of ['bytes=10-', 'bytes=10-20', 'bytes=-0']) {
      assert.throws(() => parseRange(none, 10), { name: 'RangeNotSatisfiableError' }, none)
    }
  })
})

function serverOf({ services: { nebula }, getMultiaddrs }: OverlayNode): ControlServer {
  return createControlServer(
    { nebula, libp2p: { getMultiaddrs }, logger: defaultLogger() },
    { token: TOKEN, agent: 'test/1', version: '1.2.3' }
  )
}
