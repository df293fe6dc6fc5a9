import { dialError } from '../links/errors.ts'
import { backOff } from '../lib/back-off.ts'
import { atMost } from '../lib/wait-for.ts'
import { MAX_RESERVATION_RETRY_MS, RESERVATION_RETRY_MS, RESERVATION_START_MS } from './constants.ts'
import type { Clock, Random, Timer } from '../lib/clock.ts'
import type { Warnings } from '../warnings/index.ts'
import type { Libp2pEvents, PeerId, TypedEventTarget } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

/** What the reservations of `@libp2p/circuit-relay-v2` have, though not in a type that it exports. */
export interface ReservationStore {
  hasReservation(relay: PeerId): boolean
  /** Relays that are not asked again. */
  relayFilter?: { remove?(id: Uint8Array): boolean }
  addEventListener(type: 'relay:removed', listener: (event: CustomEvent<{ relay: PeerId }>) => void): void
  removeEventListener(type: 'relay:removed', listener: (event: CustomEvent<{ relay: PeerId }>) => void): void
}

export interface KeptReservationComponents {
  store: ReservationStore
  events: TypedEventTarget<Libp2pEvents>
  warnings: Pick<Warnings, 'raise' | 'end'>
}

export interface KeptReservationInit {
  /** The configured address, which ends in `/p2p-circuit`. */
  addr: Multiaddr
  relay: PeerId
  /** Links up with the relay, and makes the reservation. */
  reserve(): Promise<void>
  clock: Clock
  random: Random
}

/**
 * The reservation at one relay of the configuration. libp2p makes it once, when
 * it starts, and fails to start when the relay is down; here it is made again
 * until the node stops.
 */
export class KeptReservation {
  readonly #components: KeptReservationComponents
  readonly #init: KeptReservationInit
  #failures = 0
  #trying = false
  #stopped = false
  #timer?: Timer

  constructor(components: KeptReservationComponents, init: KeptReservationInit) {
    this.#components = components
    this.#init = init
  }

  /** Begins to ask the relay, and waits a little for its answer: the address is usually there when the node is ready. */
  async start(): Promise<void> {
    this.#components.store.addEventListener('relay:removed', this.#onRemoved)
    this.#components.events.addEventListener('peer:connect', this.#onConnect)

    await atMost(this.#init.clock, RESERVATION_START_MS, this.#try())
  }

  stop(): void {
    this.#stopped = true
    this.#timer?.clear()
    this.#components.store.removeEventListener('relay:removed', this.#onRemoved)
    this.#components.events.removeEventListener('peer:connect', this.#onConnect)
  }

  /** Never rejects. */
  async #try(): Promise<void> {
    const { store, warnings } = this.#components
    const { addr, relay, reserve } = this.#init

    if (this.#trying || this.#stopped) {
      return
    }

    this.#trying = true
    this.#timer?.clear()

    try {
      // libp2p does not ask a relay again that failed once, even if it was only starting
      store.relayFilter?.remove?.(relay.toMultihash().bytes)
      await reserve()

      if (store.hasReservation(relay)) {
        this.#failures = 0
        warnings.end('relay-not-reserved', String(addr))
      } else {
        this.#missing(new Error('the connection with it was lost'))
      }
    } catch (err) {
      this.#missing(dialError(err))
    } finally {
      this.#trying = false
    }
  }

  #missing(error: Error): void {
    const { addr, clock, random } = this.#init

    if (this.#stopped) {
      return
    }

    this.#failures++
    this.#components.warnings.raise({
      code: 'relay-not-reserved',
      subject: String(addr),
      message: `${addr} has no reservation for this node, so that others cannot reach it there: ${error.message}. It is asked again`,
      error
    })
    this.#timer?.clear()
    this.#timer = clock.setTimeout(
      () => {
        void this.#try()
      },
      backOff(this.#failures, {
        retryDelay: RESERVATION_RETRY_MS,
        maxRetryDelay: MAX_RESERVATION_RETRY_MS,
        random
      })
    )
  }

  readonly #onRemoved = ({ detail: { relay } }: CustomEvent<{ relay: PeerId }>): void => {
    // while it is being made, an old one is removed to make way
    if (!this.#trying && relay.equals(this.#init.relay)) {
      this.#missing(new Error('it was lost'))
    }
  }

  /** The relay is back, whichever end noticed first. */
  readonly #onConnect = ({ detail: peer }: CustomEvent<PeerId>): void => {
    if (peer.equals(this.#init.relay) && !this.#components.store.hasReservation(peer)) {
      void this.#try()
    }
  }
}
