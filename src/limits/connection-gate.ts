import { systemClock } from '../lib/clock.ts'
import { KeyedLimiter } from '../lib/keyed-limiter.ts'
import { perMinute } from '../lib/token-bucket.ts'
import { MAX_CONNECTIONS_PER_MINUTE } from './constants.ts'
import { RateLimitError } from './errors.ts'
import type { Clock } from '../lib/clock.ts'
import type { Connection, Libp2pEvents, PeerId, Startable, TypedEventTarget } from '@libp2p/interface'

export interface ConnectionGateComponents {
  events: TypedEventTarget<Libp2pEvents>
}

export interface ConnectionGateInit {
  clock?: Clock
  /** Connections that one peer may open in a minute. @default 60 */
  maxConnectionsPerMinute?: number
  /** A peer opened a connection too many. */
  onExcess(peer: PeerId, error: Error): void
}

/**
 * Closes the connections of a peer that opens them too fast. libp2p counts
 * those of one host before it knows whose they are; this counts those of one
 * peer, from wherever they come.
 */
export class ConnectionGate implements Startable {
  readonly #components: ConnectionGateComponents
  readonly #init: ConnectionGateInit
  readonly #rate: KeyedLimiter

  constructor(components: ConnectionGateComponents, init: ConnectionGateInit) {
    this.#components = components
    this.#init = init
    this.#rate = new KeyedLimiter(
      init.clock ?? systemClock,
      perMinute(init.maxConnectionsPerMinute ?? MAX_CONNECTIONS_PER_MINUTE)
    )
  }

  start(): void {
    this.#components.events.addEventListener('connection:open', this.#onOpen)
  }

  stop(): void {
    this.#components.events.removeEventListener('connection:open', this.#onOpen)
  }

  readonly #onOpen = ({ detail: connection }: CustomEvent<Connection>): void => {
    const { direction, remotePeer } = connection

    if (direction === 'inbound' && !this.#rate.take(remotePeer)) {
      const error = new RateLimitError('Connections are opened too often')

      connection.abort(error)
      this.#init.onExcess(remotePeer, error)
    }
  }
}
