import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { describe, it } from 'node:test'
import { defaultLogger } from '@libp2p/logger'
import { multiaddr } from '@multiformats/multiaddr'
import { Controller, hostAndPort } from '../../src/controller/index.ts'
import { Warnings } from '../../src/warnings/index.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { ReferenceController } from './reference-controller.ts'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Timer } from '../../src/lib/clock.ts'
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

const POLL_INTERVAL_MS = 1_000

/** Knows when the controller is between two requests. */
class PollClock extends ManualClock {
  readonly #pauses = new Set<object>()

  override setTimeout(callback: () => void, delayMs: number): Timer {
    const pause = {}
    const timer = super.setTimeout(() => {
      this.#pauses.delete(pause)
      callback()
    }, delayMs)

    if (delayMs === POLL_INTERVAL_MS) {
      this.#pauses.add(pause)
    }

    return {
      clear: () => {
        this.#pauses.delete(pause)
        timer.clear()
      }
    }
  }

  async untilPaused(): Promise<void> {
    while (this.#pauses.size === 0) {
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
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

  it('keeps the path of the URL', async () => {
    const seen: string[] = []

    await withServer(
      (request, response) => {
        seen.push(`${request.url}`)
        response.end()
      },
      async (url) => {
        for (const path of ['', '/', '/nebula/x', '/nebula/x/']) {
          await new Controller({ url: `${url}${path}`, scenario: 's', describeNode }).wait()
        }
      }
    )
    assert.deepEqual(
      seen,
      ['', '', '/nebula/x', '/nebula/x'].map((path) => `${path}/platform/dashboard/s/node/wait`)
    )
  })

  it('takes no credentials in the URL, and does not repeat them', async () => {
    const controller = new Controller({ url: 'http://user:pass@127.0.0.1:1', scenario: 's', describeNode })

    await assert.rejects(controller.wait(), (error: Error) => {
      assert.equal(error.name, 'ControllerError')
      assert.doesNotMatch(error.message, /pass/)

      return true
    })
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
    await assert.rejects(new Controller({ url: 'ftp://a', scenario: 's', describeNode }).wait(), {
      name: 'ControllerError'
    })
  })

  it('registers again until the controller takes it, and tells while it does not', async () => {
    const answers = [503, 400, 200]
    const clock = new PollClock()
    const warnings = new Warnings({ logger: defaultLogger() }, { clock })
    const told: string[] = []
    let asked = 0

    warnings.addEventListener('raised', ({ detail }) => told.push(`raised ${detail.code}`))
    warnings.addEventListener('ended', ({ detail }) => told.push(`ended ${detail.code}`))
    await withServer(
      (_request, response) => response.writeHead(answers[asked++] ?? 500).end(),
      async (url) => {
        const controller = new Controller({ url, scenario: 's', describeNode, clock, warnings })
        const registered = controller.register({ retry: true })

        for (let round = 0; round < 2; round++) {
          await clock.untilPaused()
          await clock.advance(POLL_INTERVAL_MS)
        }

        await registered
        assert.equal(asked, 3)
        assert.deepEqual(told, ['raised controller-not-reached', 'ended controller-not-reached'])
      }
    )
  })

  it('stops asking when the overlay stops, and asks again after it has started', async () => {
    await withServer(
      (request, response) => response.writeHead(request.url?.endsWith('register') === true ? 200 : 400).end(),
      async (url) => {
        const clock = new PollClock()
        const controller = new Controller({ url, scenario: 's', describeNode, clock })

        controller.start()

        const waiting = assert.rejects(controller.wait(), { name: 'AbortError' })

        await clock.untilPaused()
        controller.stop()
        await waiting
        assert.equal(clock.pending, 0)
        await assert.rejects(controller.register(), { name: 'AbortError' })
        controller.start()
        await controller.register()
      }
    )
  })

  it('takes the bare address that NEBULA configures', async () => {
    const controller = await ReferenceController.listen(1)

    try {
      const node = new Controller({
        url: controller.address,
        scenario: 's',
        describeNode: () => '192.0.2.1:45001'
      })

      await node.register()
      await node.wait()
      assert.deepEqual([...(controller.registered.get('s') ?? [])], ['192.0.2.1:45001'])
    } finally {
      await controller.close()
    }
  })

  it('asks again until the answer is 200', async () => {
    const answers = [404, 503, 200]
    const clock = new PollClock()
    let asked = 0

    await withServer(
      (request, response) => {
        assert.equal(request.url, '/platform/dashboard/s/node/wait')
        response.writeHead(answers[asked++] ?? 500).end()
      },
      async (url) => {
        const waited = new Controller({ url, scenario: 's', describeNode, clock }).wait()

        for (const count of [1, 2]) {
          await clock.untilPaused()

          assert.equal(asked, count)
          await clock.advance(POLL_INTERVAL_MS)
        }

        await waited
        assert.deepEqual([asked, clock.pending], [3, 0])
      }
    )
  })

  it('waits for a controller that is not there yet, and stops on abort', async () => {
    const clock = new PollClock()
    const abort = new AbortController()
    const controller = new Controller({ url: 'http://127.0.0.1:1', scenario: 's', describeNode, clock })
    const waited = assert.rejects(controller.wait({ signal: abort.signal }), { name: 'AbortError' })

    await clock.untilPaused()

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

describe('what a node registers as', () => {
  const cases: Array<[string[], string | undefined]> = [
    [['/ip4/127.0.0.1/tcp/4001', '/ip4/192.0.2.1/tcp/4001'], '192.0.2.1:4001'],
    [['/ip4/127.0.0.1/tcp/4001'], '127.0.0.1:4001'],
    [['/ip6/::1/tcp/1', '/ip6/2001:db8::1/tcp/4001/ws'], '[2001:db8::1]:4001'],
    [['/dns4/node.example.org/tcp/443/wss'], 'node.example.org:443'],
    [
      ['/ip4/192.0.2.9/tcp/1/p2p/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA/p2p-circuit'],
      undefined
    ],
    [[], undefined]
  ]

  for (const [addrs, expected] of cases) {
    it(`is ${expected} for ${addrs.join(' ') || 'no address'}`, () => {
      assert.equal(hostAndPort(addrs.map((addr) => multiaddr(addr))), expected)
    })
  }
})
