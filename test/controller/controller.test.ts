import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { describe, it } from 'node:test'
import { Controller } from '../../src/controller/index.ts'
import { ManualClock } from '../support/manual-clock.ts'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

async function withServer(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
  run: (url: string) => Promise<void>
): Promise<void> {
  const server = createServer(handler).listen(0, '127.0.0.1')

  await once(server, 'listening')

  try {
    await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

const describeNode = (): string => '/ip4/192.0.2.1/tcp/1/p2p/me'

describe('Controller', () => {
  it('posts the node to the endpoint of the scenario', async () => {
    const seen: string[] = []

    await withServer(
      (request, response) => {
        request.on('data', (data) => seen.push(`${request.method} ${request.url} ${data}`))
        request.on('end', () => response.end())
      },
      async (url) => {
        await new Controller({ url, scenario: 'my lab', describeNode }).register()
        assert.deepEqual(seen, [
          'POST /platform/dashboard/my%20lab/node/register {"node":"/ip4/192.0.2.1/tcp/1/p2p/me"}'
        ])
      }
    )
  })

  it('rejects a registration that is refused, cannot be sent, or has no controller', async () => {
    await withServer(
      (_request, response) => response.writeHead(503).end(),
      async (url) => {
        await assert.rejects(new Controller({ url, scenario: 's', describeNode }).register(), {
          name: 'ControllerError',
          status: 503
        })
      }
    )
    await assert.rejects(
      new Controller({ url: 'http://127.0.0.1:1', scenario: 's', describeNode }).register(),
      {
        name: 'ControllerError'
      }
    )
    await assert.rejects(new Controller({ scenario: 's', describeNode }).register(), {
      name: 'ControllerError'
    })
    await assert.rejects(new Controller({ scenario: 's', describeNode }).wait(), { name: 'ControllerError' })
  })

  it('asks again until the answer is 200', async () => {
    const answers = [404, 503, 200]
    const clock = new ManualClock()
    let asked = 0

    await withServer(
      (request, response) => {
        assert.equal(request.url, '/platform/dashboard/s/node/wait')
        response.writeHead(answers[asked++] ?? 500).end()
      },
      async (url) => {
        const waited = new Controller({ url, scenario: 's', describeNode, clock }).wait()

        for (const count of [1, 2]) {
          while (clock.pending === 0) {
            await new Promise<void>((resolve) => setImmediate(resolve))
          }

          assert.equal(asked, count)
          await clock.advance(1_000)
        }

        await waited
        assert.deepEqual([asked, clock.pending], [3, 0])
      }
    )
  })

  it('waits for a controller that is not there yet, and stops on abort', async () => {
    const clock = new ManualClock()
    const abort = new AbortController()
    const controller = new Controller({ url: 'http://127.0.0.1:1', scenario: 's', describeNode, clock })
    const waited = assert.rejects(controller.wait({ signal: abort.signal }), { name: 'AbortError' })

    while (clock.pending === 0) {
      await new Promise<void>((resolve) => setImmediate(resolve))
    }

    abort.abort()
    await waited
    assert.equal(clock.pending, 0)
  })

  it('gives up on a controller that never answers', async () => {
    await withServer(
      () => {},
      async (url) => {
        await assert.rejects(new Controller({ url, scenario: 's', describeNode, timeout: 50 }).register(), {
          name: 'ControllerError'
        })
      }
    )
  })
})
