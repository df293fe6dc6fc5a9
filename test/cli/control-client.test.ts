import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { ControlClient } from '../../src/cli/control-client.ts'
import { PATIENCE_MS } from '../support/patience.ts'
import type { AddressInfo } from 'node:net'

const DIR = '/data'
const TOKEN = 'T'.repeat(43)
const NO_ANSWER = {
  name: 'NoAnswerError',
  message: `the node (pid ${process.pid}) on ${DIR} does not answer`
}
const NO_NODE = { name: 'NoNodeRunningError', message: `no node is running on ${DIR}` }

describe('control client: a node that does not answer', () => {
  const server = createServer((request, response) => {
    if (request.url?.endsWith('/cut') === true) {
      response.destroy()
    } else if (request.url?.endsWith('/id') === true) {
      response.end('{}')
    }
  })
  let address: string

  function clientOf(pid: number, answerTimeout = PATIENCE_MS): ControlClient {
    return new ControlClient(DIR, { address, pid }, TOKEN, { answerTimeout })
  }

  before(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })

  after(() => {
    server.closeAllConnections()
    server.close()
  })

  it('is there when it is slow', async () => {
    await assert.rejects(clientOf(process.pid, 50).call('GET', '/peers'), NO_ANSWER)
  })

  it('is there when it ends the connection', async () => {
    await assert.rejects(clientOf(process.pid).call('GET', '/cut'), NO_ANSWER)
  })

  it('is there when all its connections are taken', async () => {
    server.closeAllConnections()
    server.maxConnections = 1

    const { port } = server.address() as AddressInfo
    const taker = connect(port, '127.0.0.1')

    try {
      await Promise.all([once(taker, 'connect'), once(server, 'connection')])
      await assert.rejects(clientOf(process.pid).call('GET', '/id'), NO_ANSWER)
    } finally {
      taker.destroy()
    }

    server.maxConnections = 100
    assert.deepEqual(await clientOf(process.pid).call('GET', '/id'), {})
  })

  it('is gone when its process is', async () => {
    const { pid } = spawnSync(process.execPath, ['--version'])

    await assert.rejects(clientOf(pid).call('GET', '/cut'), NO_NODE)
  })

  it('is gone when nobody listens, whoever has its pid now', async () => {
    const gone = createServer().listen(0, '127.0.0.1')

    await once(gone, 'listening')

    const { port } = gone.address() as AddressInfo

    gone.close()
    await once(gone, 'close')

    const client = new ControlClient(DIR, { address: `http://127.0.0.1:${port}`, pid: process.pid }, TOKEN)

    await assert.rejects(client.call('GET', '/peers'), NO_NODE)
  })
})
