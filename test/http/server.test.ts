import assert from 'node:assert/strict'
import { createServer, connect as connectSocket } from 'node:net'
import { describe, it } from 'node:test'
import { KEEP_ALIVE_TIMEOUT_MS, MAX_HEADER_BYTES } from '../../src/http/constants.ts'
import { TOKEN, raw, startServer } from './support/server.ts'
import type { AddressInfo } from 'node:net'

const bearer = { authorization: `Bearer ${TOKEN}` }

describe('control API: the server', () => {
  it('names the address that is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1')

    await new Promise((resolve) => taken.once('listening', resolve))

    const { port } = taken.address() as AddressInfo

    await assert.rejects(startServer({ port }), {
      name: 'ControlListenError',
      code: 'EADDRINUSE',
      message: `cannot open the control API on http://127.0.0.1:${port}: the port is taken`
    })
    taken.close()
  })

  it('closes connections above the bound', async () => {
    const { server } = await startServer({ maxConnections: 1 })
    const { hostname, port } = new URL(server.address ?? '')
    const first = connectSocket(Number(port), hostname)

    await new Promise((resolve) => first.once('connect', resolve))

    await assert.rejects(raw(server.address ?? '', { headers: bearer }), { code: 'ECONNRESET' })
    first.destroy()
    await server.stop()
  })

  it('refuses a head that is too large', async () => {
    const { server } = await startServer()
    const answer = await raw(server.address ?? '', {
      headers: { ...bearer, filler: 'x'.repeat(MAX_HEADER_BYTES) }
    })

    assert.equal(answer.status, 431)
    await server.stop()
  })

  it('ends what a request asked for when its client goes away', async () => {
    const { server, nebula } = await startServer()
    const { promise: aborted, resolve } = Promise.withResolvers<void>()
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>()

    nebula.connect = async (_, options) => {
      options?.signal?.addEventListener('abort', () => resolve())
      ask()

      return new Promise(() => {})
    }

    const controller = new AbortController()
    const request = fetch(`${server.address}/api/v1/connect`, {
      method: 'POST',
      headers: { ...bearer, 'content-type': 'application/json' },
      body: JSON.stringify({ multiaddr: '/ip4/127.0.0.1/tcp/1' }),
      signal: controller.signal
    })

    await asked
    controller.abort()
    await assert.rejects(request, { name: 'AbortError' })
    await aborted
    await server.stop()
  })

  it('does not wait for idle clients when it stops', async () => {
    const { server, call } = await startServer()

    await call('GET', '/node')

    const began = performance.now()

    await server.stop()
    assert.ok(performance.now() - began < KEEP_ALIVE_TIMEOUT_MS)
  })

  it('stops before it starts', async () => {
    const { server } = await startServer()

    await server.stop()
    await server.stop()
    assert.equal(server.address, undefined)
  })
})
