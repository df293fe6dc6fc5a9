import { systemClock } from '../lib/clock.ts'
import { toError } from '../lib/to-error.ts'
import { createApp } from './app.ts'
import { DEFAULT_HOST, DEFAULT_PORT } from './constants.ts'
import { NotLoopbackError } from './errors.ts'
import { EventLog } from './event-log.ts'
import { EventStream } from './event-stream.ts'
import { Listener, urlOf } from './listener.ts'
import type { ControlServer, ControlServerComponents, ControlServerInit } from './types.ts'
import type { Clock } from '../lib/clock.ts'

/** What `127.0.0.0/8`, `::1` and `localhost` have in common is that no other machine can reach them. */
const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|::1|localhost)$/i

export class HonoControlServer implements ControlServer {
  readonly #components: ControlServerComponents
  readonly #init: ControlServerInit
  readonly #host: string
  readonly #port: number
  readonly #log: EventLog
  readonly #events: EventStream
  readonly #clock: Clock
  #tcp?: Listener
  #socket?: Listener
  #startedAt = 0

  constructor(components: ControlServerComponents, init: ControlServerInit) {
    this.#components = components
    this.#init = init
    this.#host = init.host ?? DEFAULT_HOST
    this.#port = init.port ?? DEFAULT_PORT
    this.#clock = init.clock ?? systemClock
    this.#log = new EventLog({ ...components, clock: this.#clock })
    this.#events = new EventStream({ log: this.#log, clock: this.#clock }, init.events)

    if (!LOOPBACK.test(this.#host)) {
      throw new NotLoopbackError(this.#host)
    }
  }

  readonly [Symbol.toStringTag] = '@nebula/control-server'

  get address(): string | undefined {
    return this.#tcp?.url
  }

  async start(): Promise<void> {
    if (this.#tcp != null) {
      return
    }

    const { maxConnections } = this.#init
    const app = this.#createApp()
    const tcp = new Listener({ fetch: (request, env) => app.fetch(request, env), maxConnections })

    this.#tcp = tcp
    this.#log.start()
    this.#startedAt = this.#clock.now()

    try {
      await tcp.listenOn(this.#host, this.#port)
    } catch (error) {
      this.#tcp = undefined
      this.#log.stop()
      throw error
    }

    await this.#openSocket(
      // the rights of the file say who may connect
      new Listener({ fetch: (request, env) => app.fetch(request, { ...env, trusted: true }), maxConnections })
    )
  }

  async stop(): Promise<void> {
    const listeners = [this.#tcp, this.#socket]

    this.#tcp = undefined
    this.#socket = undefined
    this.#events.stop()
    this.#log.stop()
    await Promise.all(listeners.map(async (listener) => listener?.close()))
  }

  /** Without the socket there is still the port, and the user learns why. */
  async #openSocket(listener: Listener): Promise<void> {
    const { socket } = this.#init

    if (socket == null) {
      return
    }

    try {
      await listener.listenAt(socket)
      this.#socket = listener
    } catch (error) {
      this.#components.warnings?.raise({
        code: 'control-socket-not-made',
        message: `${toError(error).message}. The control API is at ${this.address} only.`,
        error: toError(error)
      })
    }
  }

  #createApp(): ReturnType<typeof createApp> {
    const { agent, version, token, readOnlyToken, maxBodyBytes } = this.#init
    const log = this.#components.logger.forComponent('nebula:http')

    return createApp(
      { ...this.#components, clock: this.#clock, log, events: this.#events },
      {
        token,
        readOnlyToken,
        maxBodyBytes,
        identity: () => ({ agent, version, startedAt: this.#startedAt }),
        address: () => {
          const url = this.address ?? urlOf(this.#host, this.#port)

          return { url, port: Number(new URL(url).port) }
        }
      }
    )
  }
}
