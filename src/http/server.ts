import { createAdaptorServer } from '@hono/node-server'
import { systemClock } from '../lib/clock.ts'
import { createApp } from './app.ts'
import {
  DEFAULT_HOST,
  DEFAULT_PORT,
  HEADERS_TIMEOUT_MS,
  KEEP_ALIVE_TIMEOUT_MS,
  MAX_CONNECTIONS,
  MAX_HEADERS,
  MAX_HEADER_BYTES,
  REQUEST_TIMEOUT_MS,
  STOP_GRACE_MS,
  TIMEOUT_CHECK_INTERVAL_MS
} from './constants.ts'
import { ControlListenError, NotLoopbackError } from './errors.ts'
import { EventLog } from './event-log.ts'
import { EventStream } from './event-stream.ts'
import type { ControlServer, ControlServerComponents, ControlServerInit } from './types.ts'
import type { Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What `127.0.0.0/8`, `::1` and `localhost` have in common is that no other machine can reach them. */
const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|::1|localhost)$/i

export class HonoControlServer implements ControlServer {
  readonly #components: ControlServerComponents
  readonly #init: ControlServerInit
  readonly #host: string
  readonly #port: number
  readonly #log: EventLog
  readonly #events: EventStream
  #server?: HttpServer
  #startedAt = 0

  constructor(components: ControlServerComponents, init: ControlServerInit) {
    this.#components = components
    this.#init = init
    this.#host = init.host ?? DEFAULT_HOST
    this.#port = init.port ?? DEFAULT_PORT

    const clock = init.clock ?? systemClock

    this.#log = new EventLog({ ...components, clock })
    this.#events = new EventStream({ log: this.#log, clock }, init.events)

    if (!LOOPBACK.test(this.#host)) {
      throw new NotLoopbackError(this.#host)
    }
  }

  readonly [Symbol.toStringTag] = '@nebula/control-server'

  get address(): string | undefined {
    const address = this.#server?.address() as AddressInfo | null | undefined

    return address == null ? undefined : url(address.address, address.port)
  }

  async start(): Promise<void> {
    if (this.#server != null) {
      return
    }

    const server = this.#create()

    this.#server = server
    this.#log.start()
    this.#startedAt = (this.#init.clock ?? systemClock).now()

    try {
      await listen(server, this.#host, this.#port)
    } catch (error) {
      this.#server = undefined
      this.#log.stop()
      throw error
    }
  }

  async stop(): Promise<void> {
    const server = this.#server

    if (server == null) {
      return
    }

    this.#server = undefined
    this.#events.stop()
    this.#log.stop()
    await close(server)
  }

  #create(): HttpServer {
    const { agent, version } = this.#init
    const clock = this.#init.clock ?? systemClock
    const log = this.#components.logger.forComponent('nebula:http')
    const app = createApp(
      { ...this.#components, clock, log, events: this.#events },
      {
        token: this.#init.token,
        maxBodyBytes: this.#init.maxBodyBytes,
        identity: () => ({ agent, version, startedAt: this.#startedAt }),
        address: () => {
          const address = this.address ?? url(this.#host, this.#port)

          return { url: address, port: Number(new URL(address).port) }
        }
      }
    )
    const server = createAdaptorServer({
      fetch: app.fetch,
      hostname: this.#host,
      // Replacing the process's Request and Response would reach into the node's embedder.
      overrideGlobalObjects: false,
      serverOptions: {
        maxHeaderSize: MAX_HEADER_BYTES,
        headersTimeout: HEADERS_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
        connectionsCheckingInterval: TIMEOUT_CHECK_INTERVAL_MS
      }
    }) as HttpServer

    server.maxConnections = this.#init.maxConnections ?? MAX_CONNECTIONS
    server.maxHeadersCount = MAX_HEADERS

    return server
  }
}

async function listen(server: HttpServer, host: string, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onError = (error: NodeJS.ErrnoException): void => {
    reject(new ControlListenError(url(host, port), error.code ?? error.message, { cause: error }))
  }

  server.once('error', onError)
  server.listen({ host, port }, resolve)

  try {
    await promise
  } finally {
    server.off('error', onError)
  }
}

/** Lets the answers under way end, for a while. */
async function close(server: HttpServer): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(() => server.closeAllConnections(), STOP_GRACE_MS)

  server.close(() => resolve())
  await promise
  clearTimeout(timer)
}

function url(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
