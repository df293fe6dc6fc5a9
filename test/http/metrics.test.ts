import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { raw, startServer, TOKEN } from './support/server.ts'

const METRICS = {
  contentType: 'text/plain; version=0.0.4; charset=utf-8',
  read: async () => 'nebula_links 3\n'
}

describe('control API: metrics', () => {
  it('are served as Prometheus text, with the token', async () => {
    const { server } = await startServer({}, { metrics: METRICS })

    try {
      const address = server.address ?? ''
      const headers = { authorization: `Bearer ${TOKEN}` }
      const { status, body, headers: answered } = await raw(address, { path: '/metrics', headers })

      assert.equal(status, 200)
      assert.equal(body, 'nebula_links 3\n')
      assert.equal(answered['content-type'], METRICS.contentType)
      assert.equal((await raw(address, { path: '/metrics' })).status, 401)
    } finally {
      await server.stop()
    }
  })

  it('are not found where none are kept', async () => {
    const { server } = await startServer()

    try {
      const headers = { authorization: `Bearer ${TOKEN}` }

      assert.equal((await raw(server.address ?? '', { path: '/metrics', headers })).status, 404)
    } finally {
      await server.stop()
    }
  })
})
