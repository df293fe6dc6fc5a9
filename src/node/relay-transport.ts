import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { peerOf } from '../lib/net/index.ts'
import { KeptReservation } from './kept-reservation.ts'
import type { KeptReservationInit, ReservationStore } from './kept-reservation.ts'
import type { Warnings } from '../warnings/index.ts'
import type { CircuitRelayTransportInit } from '@libp2p/circuit-relay-v2'
import type { Libp2pEvents, Listener, PeerId, Transport, TypedEventTarget } from '@libp2p/interface'
import type { AddressManager } from '@libp2p/interface-internal'
import type { Multiaddr } from '@multiformats/multiaddr'

/** What transports get of libp2p. */
export interface RelayTransportComponents {
  addressManager: Pick<AddressManager, 'getListenAddrs'>
  events: TypedEventTarget<Libp2pEvents>
}

export interface KeepReservationsInit extends Pick<KeptReservationInit, 'clock' | 'random'> {
  warnings: Pick<Warnings, 'raise' | 'end'>
}

/** What the transport of `@libp2p/circuit-relay-v2` has, though not in its type. */
interface RelayTransport extends Transport {
  reservationStore: ReservationStore
}

/** Whether a transport is that of `@libp2p/circuit-relay-v2`, however it was made. */
export function isRelayTransport(transport: Transport): transport is RelayTransport {
  return (
    transport[Symbol.toStringTag] === '@libp2p/circuit-relay-v2-transport' && 'reservationStore' in transport
  )
}

/**
 * Listens on the relays of the configuration for as long as the node runs:
 * whether one is up when the node starts is not the node's affair.
 */
export function keepReservations(
  transport: RelayTransport,
  { addressManager, events }: RelayTransportComponents,
  { warnings, clock, random }: KeepReservationsInit
): Transport {
  const createListener = transport.createListener.bind(transport)
  const store = transport.reservationStore
  const relayOf = (addr: Multiaddr): PeerId | undefined =>
    // libp2p listens on others, too, by way of which it was dialled
    addressManager.getListenAddrs().some((configured) => configured.equals(addr)) ? peerOf(addr) : undefined

  return Object.assign(transport, {
    createListener: (options: Parameters<Transport['createListener']>[0]): Listener => {
      const listener = createListener(options)
      const listen = listener.listen.bind(listener)
      const close = listener.close.bind(listener)
      let kept: KeptReservation | undefined

      return Object.assign(listener, {
        listen: async (addr: Multiaddr): Promise<void> => {
          const relay = relayOf(addr)

          if (relay == null) {
            return listen(addr)
          }

          kept = new KeptReservation(
            { store, events, warnings },
            { addr, relay, reserve: async () => listen(addr), clock, random }
          )
          await kept.start()
        },
        close: async (): Promise<void> => {
          kept?.stop()
          await close()
        }
      })
    }
  })
}

/** `@libp2p/circuit-relay-v2`, which keeps its reservations at the relays of the configuration. */
export function relayTransport(
  init: CircuitRelayTransportInit,
  keep: KeepReservationsInit
): ReturnType<typeof circuitRelayTransport> {
  return (components) => {
    const transport = circuitRelayTransport(init)(components)

    return isRelayTransport(transport) ? keepReservations(transport, components, keep) : transport
  }
}
