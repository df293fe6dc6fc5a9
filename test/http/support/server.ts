import { defaultLogger } from '@libp2p/logger'
import { multiaddr } from '@multiformats/multiaddr'
import { request } from 'node:http'
import { createControlServer } from '../../../src/http/index.ts'
import { FakeNebula, randomPeer } from './fake-nebula.ts'
import type { ControlServer, ControlServerComponents, ControlServerInit } from '../../../src/http/index.ts'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

export const TOKEN = 'A'.repeat(43)

export interface Fixture {
  nebula: FakeNebula
  server: ControlServer
  /** A request with the token, answered in JSON. */
  call(
    method: string,
    path: string,
    body?: unknown
  ): Promise<{ status: number; body: Record<string, unknown> }>
}

export async function startServer(
  init: Partial<ControlServerInit> = {},
  components: Pick<ControlServerComponents, 'metrics' | 'warnings'> = {}
): Promise<Fixture> {
  const nebula = new FakeNebula(await randomPeer())
  const server = createControlServer(
    {
      nebula,
      libp2p: { getMultiaddrs: () => [multiaddr('/ip4/127.0.0.1/tcp/4001')] },
      logger: defaultLogger(),
      ...components
    },
    { token: TOKEN, agent: 'test/1', version: '1.2.3', ...init }
  )

  await server.start()

  return {
    nebula,
    server,
    async call(method, path, body) {
      const response = await fetch(`${server.address}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${TOKEN}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' })
        },
        body: body === undefined ? undefined : JSON.stringify(body)
      })

      return { status: response.status, body: (await response.json()) as Record<string, unknown> }
    }
  }
}

export interface RawAnswer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

/** A request whose every header is the caller's, `Host` and `Origin` too. */
export async function raw(
  address: string | { socketPath: string },
  options: { method?: string; path?: string; headers?: Record<string, string>; body?: string | Uint8Array }
): Promise<RawAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const where =
    typeof address === 'string'
      ? { host: new URL(address).hostname, port: new URL(address).port }
      : { ...address, host: 'localhost' }
  const call = request(
    {
      ...where,
      path: options.path ?? '/api/v1/node',
      method: options.method ?? 'GET',
      headers: options.headers ?? {},
      agent: false
    },
    resolve
  )

  call.on('error', reject)
  call.end(options.body)

  const response = await promise
  const chunks: Buffer[] = []

  for await (const chunk of response) {
    chunks.push(chunk as Buffer)
  }

  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: Buffer.concat(chunks).toString()
  }
}
