import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { getNetConfig } from '@libp2p/utils'
import type { Multiaddr } from '@multiformats/multiaddr'

/** What `fetch` and the WebSocket of Node.js tell of their connections. */
const CONNECT_ERROR = 'undici:client:connectError'
const HEADERS = 'undici:request:headers'

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' }

interface ConnectErrorMessage {
  connectParams: { protocol: string; hostname: string; port: string }
  error: Error
}

interface HeadersMessage {
  request: { origin: string | URL }
  response: { statusCode: number }
}

/**
 * Why a dial of a WebSocket fails. The WebSocket of Node.js hides it, as web
 * pages must not learn it; its connections tell it on their own channels, for
 * the whole process, so that the address is compared.
 */
export class WebSocketFailures {
  readonly #hosts: Set<string>
  readonly #port: string
  #reason?: Error

  constructor(addr: Multiaddr) {
    const { host, port } = getNetConfig(addr)
    const sni = addr.getComponents().flatMap(({ name, value }) => (name === 'sni' ? (value ?? []) : []))

    this.#hosts = new Set([host, ...sni].map(normal))
    this.#port = String(port)
    subscribe(CONNECT_ERROR, this.#onConnectError)
    subscribe(HEADERS, this.#onHeaders)
  }

  /** The latest; undefined when nothing was told. */
  get reason(): Error | undefined {
    return this.#reason
  }

  close(): void {
    unsubscribe(CONNECT_ERROR, this.#onConnectError)
    unsubscribe(HEADERS, this.#onHeaders)
  }

  readonly #onConnectError = (message: unknown): void => {
    const { connectParams, error } = message as ConnectErrorMessage

    if (this.#isOurs(connectParams)) {
      this.#reason = readable(error)
    }
  }

  readonly #onHeaders = (message: unknown): void => {
    const { request, response } = message as HeadersMessage

    if (this.#isOurs(new URL(request.origin))) {
      this.#reason = new Error(`The server answers ${response.statusCode} and opens no WebSocket`)
    }
  }

  #isOurs({ protocol, hostname, port }: { protocol: string; hostname: string; port: string }): boolean {
    return this.#hosts.has(normal(hostname)) && (port === '' ? DEFAULT_PORTS[protocol] : port) === this.#port
  }
}

/** As a URL has it: IPv6 addresses are written in several ways. */
function normal(host: string): string {
  const text = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host

  return URL.parse(`http://${text}`)?.hostname ?? host
}

/** OpenSSL's messages name its source files. */
function readable(error: Error): Error {
  const { reason, library } = error as { reason?: unknown; library?: unknown }

  return typeof reason === 'string' && typeof library === 'string'
    ? new Error(`TLS failed: ${reason}`, { cause: error })
    : error
}
