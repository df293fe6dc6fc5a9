/** One address where the control API listens: a port of loopback, or a Unix socket. */
import { chmod, mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createAdaptorServer } from '@hono/node-server'
import {
  HEADERS_TIMEOUT_MS,
  KEEP_ALIVE_TIMEOUT_MS,
  MAX_CONNECTIONS,
  MAX_HEADERS,
  MAX_HEADER_BYTES,
  STOP_GRACE_MS,
  TIMEOUT_CHECK_INTERVAL_MS,
  UPLOAD_TIMEOUT_MS
} from './constants.ts'
import { ControlListenError } from './errors.ts'
import type { HttpBindings } from '@hono/node-server'
import type { Server } from 'node:http'
import type { ListenOptions } from 'node:net'

/** Only its owner may connect. */
const SOCKET_MODE = 0o600

const OTHERS_WRITE = 0o022

/** What Linux and macOS take, less the name of the directory in which it is made. */
const MAX_SOCKET_PATH_BYTES = 90

export interface ListenerInit {
  fetch: (request: Request, env: HttpBindings) => Response | Promise<Response>
  /** @default 64 */
  maxConnections?: number
}

export class Listener {
  readonly #server: Server
  #socketPath?: string

  constructor({ fetch, maxConnections = MAX_CONNECTIONS }: ListenerInit) {
    this.#server = createAdaptorServer({
      fetch: (request, env) => fetch(request, env as HttpBindings),
      // Replacing the process's Request and Response would reach into the node's embedder.
      overrideGlobalObjects: false,
      serverOptions: {
        maxHeaderSize: MAX_HEADER_BYTES,
        headersTimeout: HEADERS_TIMEOUT_MS,
        // the guard bounds the time of bodies that are not uploads
        requestTimeout: UPLOAD_TIMEOUT_MS,
        keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
        connectionsCheckingInterval: TIMEOUT_CHECK_INTERVAL_MS
      }
    }) as Server
    this.#server.maxConnections = maxConnections
    this.#server.maxHeadersCount = MAX_HEADERS
  }

  /** `http://HOST:PORT` while it listens on a port. */
  get url(): string | undefined {
    const address = this.#server.address()

    return typeof address === 'object' && address != null ? urlOf(address.address, address.port) : undefined
  }

  /** @throws {ControlListenError} when the port cannot be opened */
  async listenOn(host: string, port: number): Promise<void> {
    await this.#listen({ host, port }, urlOf(host, port))
  }

  /**
   * The socket is made in a directory that only its owner can enter, so that it
   * has its rights before anybody can reach it. It replaces one that a node left
   * behind.
   *
   * @throws {ControlListenError} when the socket cannot be made
   */
  async listenAt(path: string): Promise<void> {
    if (Buffer.byteLength(path) > MAX_SOCKET_PATH_BYTES) {
      throw new ControlListenError(path, `its path is longer than ${MAX_SOCKET_PATH_BYTES} bytes`)
    }

    const directory = await stat(dirname(path))

    // who can write there could put a socket of their own in its place
    if (directory.uid !== process.getuid?.() || (directory.mode & OTHERS_WRITE) !== 0) {
      throw new ControlListenError(path, 'others may write in its directory')
    }

    const draft = await mkdtemp(join(dirname(path), '.control-'))

    try {
      const socket = join(draft, 's')

      await this.#listen({ path: socket }, path)
      await chmod(socket, SOCKET_MODE)
      await rename(socket, path)
      this.#socketPath = path
    } catch (error) {
      this.#server.close()
      throw error
    } finally {
      await rm(draft, { recursive: true, force: true })
    }
  }

  /** Lets the answers under way end, for a while. */
  async close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(() => this.#server.closeAllConnections(), STOP_GRACE_MS)

    if (this.#socketPath != null) {
      await rm(this.#socketPath, { force: true })
    }

    this.#server.close(() => resolve())
    await promise
    clearTimeout(timer)
  }

  async #listen(options: ListenOptions, shown: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const onError = (error: NodeJS.ErrnoException): void => {
      reject(new ControlListenError(shown, error.code ?? error.message, { cause: error }))
    }

    this.#server.once('error', onError)
    this.#server.listen(options, resolve)

    try {
      await promise
    } finally {
      this.#server.off('error', onError)
    }
  }
}

export function urlOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
