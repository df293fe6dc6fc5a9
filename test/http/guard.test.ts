import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { isLocalHost } from '../../src/http/guard.ts'
import { createControlServer } from '../../src/http/index.ts'
import { TOKEN, raw, startServer } from './support/server.ts'
import type { Fixture } from './support/server.ts'

const bearer = { authorization: `Bearer ${TOKEN}` }

describe('control API: who may speak', () => {
  let fixture: Fixture
  let address: string
  let port: string

  before(async () => {
    fixture = await startServer()
    address = fixture.server.address ?? ''
    port = new URL(address).port
  })

  after(async () => {
    await fixture.server.stop()
  })

  const refusedTokens: Array<[string, Record<string, string>]> = [
    ['no header', {}],
    ['an empty header', { authorization: '' }],
    ['another scheme', { authorization: `Basic ${TOKEN}` }],
    ['no scheme', { authorization: TOKEN }],
    ['an empty token', { authorization: 'Bearer ' }],
    ['a shorter token', { authorization: `Bearer ${TOKEN.slice(1)}` }],
    ['a longer token', { authorization: `Bearer ${TOKEN}A` }],
    ['a token that differs in its last character', { authorization: `Bearer ${TOKEN.slice(1)}B` }]
  ]

  for (const [name, headers] of refusedTokens) {
    it(`answers 401 to ${name}`, async () => {
      const answer = await raw(address, { headers })

      assert.equal(answer.status, 401)
      assert.equal(answer.headers['www-authenticate'], 'Bearer')
    })
  }

  describe('with the token that only reads', () => {
    const reader = 'R'.repeat(43)
    const headers = { authorization: `Bearer ${reader}` }
    let reading: Fixture

    before(async () => {
      reading = await startServer({ readOnlyToken: reader })
    })

    after(async () => {
      await reading.server.stop()
    })

    it('answers what changes nothing', async () => {
      for (const path of [
        '/api/v1/node',
        '/api/v1/peers',
        '/api/v1/events?timeout=0',
        '/api/v1/openapi.json'
      ]) {
        assert.equal((await raw(reading.server.address ?? '', { path, headers })).status, 200, path)
      }
    })

    it('answers 403 to every route that changes something', async () => {
      const document = await raw(reading.server.address ?? '', { path: '/api/v1/openapi.json', headers })
      const { paths } = JSON.parse(document.body) as { paths: Record<string, Record<string, unknown>> }
      const changing = Object.entries(paths).flatMap(([path, methods]) =>
        Object.keys(methods)
          .filter((method) => method !== 'get')
          .map((method) => ({ path, method: method.toUpperCase() }))
      )

      assert.ok(changing.length >= 8)

      for (const { path, method } of changing) {
        const answer = await raw(reading.server.address ?? '', { path, method, headers })

        assert.equal(answer.status, 403, `${method} ${path}`)
      }

      assert.deepEqual(reading.nebula.calls, [])
    })
  })

  it('tells the same to every request without the token', async () => {
    const strangers: Array<Parameters<typeof raw>[1]> = [
      { path: '/api/v1/node' },
      { path: '/api/v1/nothing' },
      { path: '/' },
      { path: '/api/v1/openapi.json' },
      { path: '/api/v1/events' },
      { path: '/api/v1/node', method: 'OPTIONS', headers: { origin: 'http://evil.example' } },
      { path: '/api/v1/node', headers: { host: 'evil.example' } },
      { path: '/api/v1/connect', method: 'POST', body: 'x'.repeat(100_000) }
    ]
    const answers = await Promise.all(strangers.map((options) => raw(address, options)))

    for (const answer of answers) {
      assert.equal(answer.status, 401)
      assert.equal(answer.body, answers[0]?.body)
      assert.equal(answer.headers['access-control-allow-origin'], undefined)
    }
  })

  it('takes the token whatever the case of the scheme', async () => {
    const answer = await raw(address, { headers: { authorization: `bearer ${TOKEN}` } })

    assert.equal(answer.status, 200)
  })

  const hosts: Array<[string, number]> = [
    ['127.0.0.1', 200],
    ['127.0.0.1:PORT', 200],
    ['localhost', 200],
    ['LOCALHOST:PORT', 200],
    ['[::1]:PORT', 200],
    ['[::1]', 200],
    ['127.0.0.1:1', 403],
    ['localhost.evil.example:PORT', 403],
    ['evil.example', 403],
    ['evil.example:PORT', 403],
    ['127.0.0.1.evil.example', 403],
    ['127.0.0.2:PORT', 403],
    ['0.0.0.0:PORT', 403],
    ['192.168.1.20:PORT', 403]
  ]

  for (const [host, status] of hosts) {
    it(`answers ${status} to Host ${host}`, async () => {
      const headers = { ...bearer, host: host.replace('PORT', port) }
      const answer = await raw(address, { headers })

      assert.equal(answer.status, status)
    })
  }

  const origins: Array<[string, number]> = [
    ['http://127.0.0.1:PORT', 200],
    ['HTTP://127.0.0.1:PORT', 200],
    ['null', 403],
    ['', 403],
    ['http://127.0.0.1', 403],
    ['https://127.0.0.1:PORT', 403],
    ['http://localhost:PORT', 403],
    ['http://evil.example', 403],
    ['http://127.0.0.1:PORT.evil.example', 403],
    ['file://', 403]
  ]

  for (const [origin, status] of origins) {
    it(`answers ${status} to Origin ${JSON.stringify(origin)}`, async () => {
      const headers = {
        ...bearer,
        host: `127.0.0.1:${port}`,
        origin: origin.replace('PORT', port)
      }
      const answer = await raw(address, { headers })

      assert.equal(answer.status, status)
      assert.equal(answer.headers['access-control-allow-origin'], undefined)
    })
  }

  it('does nothing of what a foreign page asks', async () => {
    const answer = await raw(address, {
      method: 'POST',
      path: '/api/v1/connect',
      headers: { ...bearer, origin: 'null', 'content-type': 'application/json' },
      body: JSON.stringify({ multiaddr: '/ip4/127.0.0.1/tcp/1' })
    })

    assert.equal(answer.status, 403)
    assert.deepEqual(fixture.nebula.calls, [])
  })

  for (const host of ['0.0.0.0', '::', '192.168.1.20', 'example.org', '']) {
    it(`does not listen on ${JSON.stringify(host)}`, async () => {
      const { nebula } = fixture
      const components = { nebula, libp2p: { getMultiaddrs: () => [] }, logger: {} as never }

      assert.throws(() => createControlServer(components, { token: TOKEN, agent: '', version: '', host }), {
        name: 'NotLoopbackError'
      })
    })
  }

  it('judges Host names by themselves', () => {
    assert.equal(isLocalHost('127.0.0.1:80', 80), true)
    assert.equal(isLocalHost('127.0.0.1:', 80), false)
    assert.equal(isLocalHost('127.0.0.1:080000', 80), false)
    assert.equal(isLocalHost('::1', 80), false)
    assert.equal(isLocalHost('', 80), false)
  })
})
