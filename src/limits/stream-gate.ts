import { systemClock } from '../lib/clock.ts'
import { KeyedLimiter } from '../lib/keyed-limiter.ts'
import { perMinute } from '../lib/token-bucket.ts'
import { MAX_STREAMS_PER_MINUTE } from './constants.ts'
import { RateLimitError } from './errors.ts'
import type { Clock } from '../lib/clock.ts'
import type { Budget } from '../../protocols/budget.ts'
import type { PeerId } from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'

export interface StreamGateInit {
  clock?: Clock
  budget: Pick<Budget, 'exhausted'>
  /** Streams that one peer may open in a minute. @default 6_000 */
  maxStreamsPerMinute?: number
  /** A peer opened a stream too many. */
  onExcess(peer: PeerId, error: Error): void
}

/**
 * The registrar as the overlay's protocols see it: a stream is refused when its
 * peer opens them too fast, or when there is no memory for what it brings. Both
 * cost the peer its stream before any of its bytes is looked at.
 */
export function gateStreams(registrar: Registrar, init: StreamGateInit): Registrar {
  const rate = new KeyedLimiter(
    init.clock ?? systemClock,
    perMinute(init.maxStreamsPerMinute ?? MAX_STREAMS_PER_MINUTE)
  )

  return {
    handle: async (protocol, handler, options) =>
      registrar.handle(
        protocol,
        (stream, connection) => {
          const { remotePeer } = connection

          if (!rate.take(remotePeer)) {
            const error = new RateLimitError('Streams are opened too often')

            stream.abort(error)
            init.onExcess(remotePeer, error)

            return undefined
          }

          if (init.budget.exhausted) {
            stream.abort(new Error('There is no memory for another stream'))

            return undefined
          }

          return handler(stream, connection)
        },
        options
      ),
    unhandle: async (protocol, options) => registrar.unhandle(protocol, options),
    getProtocols: () => registrar.getProtocols(),
    getHandler: (protocol) => registrar.getHandler(protocol),
    use: (protocol, middleware) => registrar.use(protocol, middleware),
    unuse: (protocol) => registrar.unuse(protocol),
    getMiddleware: (protocol) => registrar.getMiddleware(protocol),
    register: async (protocol, topology, options) => registrar.register(protocol, topology, options),
    unregister: (id) => registrar.unregister(id),
    getTopologies: (protocol) => registrar.getTopologies(protocol)
  }
}
