import { getNetConfig } from '@libp2p/utils'
import { webSockets } from '@libp2p/websockets'
import { toError } from '../lib/to-error.ts'
import { watchAccepted } from './accepted-sockets.ts'
import { MAX_WEBSOCKET_MESSAGE_BYTES } from './constants.ts'
import { PendingSockets } from './pending-sockets.ts'
import { WebSocketFailures } from './web-socket-failures.ts'
import { withUpgradeInbound } from './with-upgrade-inbound.ts'
import type { PendingSocketsInit } from './pending-sockets.ts'
import type {
  Connection,
  CreateListenerOptions,
  Listener,
  MultiaddrConnection,
  Transport,
  Upgrader,
  UpgraderOptions
} from '@libp2p/interface'
import type { WebSocketsComponents } from '@libp2p/websockets'

/** libp2p looks every 500 ms whether a full WebSocket can take more, for which a model would stand still. */
const POLL_INTERVAL_MS = 20

/**
 * `@libp2p/websockets`, whose listener keeps a socket for ever that says
 * nothing, in any number, and waits for it when it closes: its HTTP server
 * never listens itself, so that the deadlines of Node.js do not apply, and
 * libp2p's bounds only begin when the WebSocket is there. Each listener here has its own bound.
 * A dial that fails says why.
 */
export function webSocketTransport(
  pending: PendingSocketsInit
): (components: WebSocketsComponents) => Transport {
  return (components) =>
    boundWebSockets(webSockets({ bufferedAmountPollInterval: POLL_INTERVAL_MS })(components), pending)
}

/** Whether a transport is `@libp2p/websockets`, however it was made. */
export function isWebSockets(transport: Transport): boolean {
  return transport[Symbol.toStringTag] === '@libp2p/websockets'
}

/** Bounds the listeners of a transport of `@libp2p/websockets`, and says why a dial fails, as `webSocketTransport` does. */
export function boundWebSockets(transport: Transport, pending: PendingSocketsInit): Transport {
  const createListener = transport.createListener.bind(transport)
  const dial = transport.dial.bind(transport)

  return Object.assign(transport, {
    dial: async (...args: Parameters<typeof dial>): Promise<Connection> => {
      const failures = new WebSocketFailures(args[0])

      try {
        return await dial(...args)
      } catch (err) {
        // what is no error is the event with which the WebSocket failed
        throw err instanceof Error ? err : (failures.reason ?? toError(err))
      } finally {
        failures.close()
      }
    },
    createListener: (options: CreateListenerOptions): Listener => {
      const sockets = new PendingSockets(pending)

      return guard(
        limitMessages(createListener({ ...options, upgrader: guardUpgrader(options.upgrader, sockets) })),
        sockets
      )
    }
  })
}

/** What an inbound connection of `@libp2p/websockets` has, though not in its type: the socket of `ws`. */
interface MaybeWebSocket {
  websocket?: { addEventListener(type: 'error', listener: (event: { message: string }) => void): void }
}

/** What a listener of `@libp2p/websockets` has, though not in its type: the server of `ws`. */
interface MaybeWsServer {
  wsServer?: { options: { maxPayload: number } }
}

function limitMessages(listener: Listener & MaybeWsServer): Listener {
  if (listener.wsServer != null) {
    listener.wsServer.options.maxPayload = MAX_WEBSOCKET_MESSAGE_BYTES
  }

  return listener
}

function guard(listener: Listener, sockets: PendingSockets): Listener {
  const listen = listener.listen.bind(listener)
  const close = listener.close.bind(listener)
  let unwatch: (() => void) | undefined

  return Object.assign(listener, {
    listen: async (...args: Parameters<Listener['listen']>) => {
      await listen(...args)
      const [addr] = listener.getAddrs()
      const port = addr == null ? undefined : getNetConfig(addr).port

      if (port != null) {
        unwatch = watchAccepted(getNetConfig(args[0]).host, port, (socket) => sockets.add(socket))
      }
    },
    close: async (...args: Parameters<Listener['close']>) => {
      // stops accepting at once, and then waits for the sockets
      const closed = close(...args)
      unwatch?.()
      sockets.destroy()
      await closed
    }
  })
}

function guardUpgrader(upgrader: Upgrader, sockets: PendingSockets): Upgrader {
  return withUpgradeInbound(
    upgrader,
    async (maConn: MultiaddrConnection & MaybeWebSocket, opts: UpgraderOptions) => {
      // closed by what reports it; without a listener a malformed frame would end the process
      maConn.websocket?.addEventListener('error', (event) => {
        maConn.log.error('not the WebSocket protocol - %s', event.message)
      })

      await sockets.during(maConn, async () => upgrader.upgradeInbound(maConn, opts))
    }
  )
}
