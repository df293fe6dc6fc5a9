import { TimeoutError } from '@libp2p/interface'
import { HandshakeError } from '../../protocols/handshake/index.ts'
import { systemClock } from '../lib/clock.ts'
import { deadline } from '../lib/deadline.ts'
import { DIAL_TIMEOUT_MS } from './constants.ts'
import { ConnectionDeniedError, dialError, isDenied, isDialOfSelf, isTimeout } from './errors.ts'
import { isTransient } from './transient.ts'
import type { Clock } from '../lib/clock.ts'
import type { AbortOptions, Connection, PeerId } from '@libp2p/interface'
import type { ConnectionManager } from '@libp2p/interface-internal'
import type { Multiaddr } from '@multiformats/multiaddr'

export interface DiallerComponents {
  connectionManager: Pick<ConnectionManager, 'getConnections' | 'getDialQueue' | 'openConnection'>
}

export interface DiallerInit {
  clock?: Clock
  /** Milliseconds. @default 10_000 */
  dialTimeout?: number
}

/** Reaches peers, and knows which connections are there only because of that. */
export class Dialler {
  readonly #connectionManager: DiallerComponents['connectionManager']
  readonly #clock: Clock
  readonly #dialTimeout: number
  readonly #dialled = new Set<Connection>()

  constructor(components: DiallerComponents, init: DiallerInit = {}) {
    this.#connectionManager = components.connectionManager
    this.#clock = init.clock ?? systemClock
    this.#dialTimeout = init.dialTimeout ?? DIAL_TIMEOUT_MS
  }

  /**
   * The connection there is, or a new one.
   *
   * @throws {DialError} when the peer cannot be reached
   * @throws {HandshakeError} when it is this node itself (`SELF`)
   * @throws {ConnectionDeniedError} when it closes the connection before it is secured
   * @throws {TimeoutError} when that takes too long
   */
  async dial(target: PeerId | Multiaddr | Multiaddr[], options: AbortOptions = {}): Promise<Connection> {
    const begin = performance.now()
    const limit = deadline(this.#clock, this.#dialTimeout, options.signal)

    const before = new Set(this.#connectionManager.getConnections())
    const queued = new Set(this.#connectionManager.getDialQueue().map(({ id }) => id))
    const opened = this.#connectionManager.openConnection(target, { signal: limit.signal })
    // a dial that was under way already is joined: it, and its connection, are somebody else's
    const begun = this.#connectionManager.getDialQueue().some(({ id }) => !queued.has(id))

    try {
      const connection = await opened

      if (begun && !before.has(connection)) {
        this.#note(connection)
      }

      return connection
    } catch (err) {
      // libp2p has a shorter time for each address, and says nothing but that it is over
      const late = limit.expired || isTimeout(err)

      if (late && options.signal?.aborted !== true) {
        throw new TimeoutError(
          `no answer from ${String(target)} within ${Math.round(performance.now() - begin)} ms`
        )
      }

      if (isDialOfSelf(err)) {
        throw new HandshakeError('SELF', `${String(target)} is this node itself`, { cause: err })
      }

      throw isDenied(err) ? new ConnectionDeniedError(String(target), err) : dialError(err)
    } finally {
      limit.clear()
    }
  }

  /**
   * Connections that were dialled here and that nothing uses: those left over
   * of a simultaneous dial, of a refusal, of a link that has ended.
   */
  unused(): Connection[] {
    return [...this.#dialled].filter((connection) => connection.streams.every(isTransient))
  }

  #note(connection: Connection): void {
    if (connection.direction !== 'outbound' || connection.status !== 'open') {
      return
    }

    this.#dialled.add(connection)
    connection.addEventListener('close', () => this.#dialled.delete(connection), { once: true })
  }
}
