import { once } from 'node:events'
import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * A controller with the two endpoints of NEBULA's: it keeps the nodes that
 * register as JSON, and lets all continue once as many have come as it expects.
 */
export class ReferenceController {
  readonly registered = new Map<string, Set<string>>()
  readonly expected: number
  /** How often nodes have asked whether they may continue. */
  asked = 0
  readonly #server: Server

  private constructor(expected: number) {
    this.expected = expected
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy())
    })
  }

  static async listen(expected: number, port = 0): Promise<ReferenceController> {
    const controller = new ReferenceController(expected)

    controller.#server.listen(port, '127.0.0.1')
    await once(controller.#server, 'listening')

    return controller
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** As NEBULA's configuration names it. */
  get address(): string {
    return `127.0.0.1:${this.port}`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, scenario, call] =
      /^\/platform\/dashboard\/([^/]+)\/node\/(register|wait)$/.exec(request.url ?? '') ?? []

    if (scenario == null) {
      response.writeHead(404).end()
    } else if (call === 'register' && request.method === 'POST') {
      if (request.headers['content-type'] !== 'application/json') {
        response.writeHead(400).end()

        return
      }

      const { node } = (await json(request)) as { node: string }

      this.#nodes(scenario).add(node)
      reply(response, 200, 'Node registered')
    } else if (call === 'wait' && request.method === 'GET') {
      this.asked++

      const complete = this.#nodes(scenario).size >= this.expected

      reply(response, complete ? 200 : 400, complete ? 'All nodes registered' : 'Not all nodes registered')
    } else {
      response.writeHead(405).end()
    }
  }

  #nodes(scenario: string): Set<string> {
    const nodes = this.registered.get(scenario) ?? new Set<string>()

    this.registered.set(scenario, nodes)

    return nodes
  }
}

function reply(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message }))
}
