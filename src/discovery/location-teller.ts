import { LOCATION_INTERVAL_MS } from './constants.ts'
import { createMessage } from '../messages/index.ts'
import { Lifetime } from '../lib/lifetime.ts'
import { toError } from '../lib/to-error.ts'
import type { EngineClient } from '../engine/index.ts'
import type { LinkManager } from '../links/index.ts'
import type { Messenger } from '../messages/index.ts'
import type { Clock, Timer } from '../lib/clock.ts'
import type { GeoLocation } from '../lib/geo-location.ts'
import type { ComponentLogger, Logger, PeerId, Startable } from '@libp2p/interface'

export interface LocationTellerComponents {
  engine: Pick<EngineClient, 'engine' | 'ask'>
  linkManager: Pick<LinkManager, 'links'>
  messenger: Pick<Messenger, 'send'>
  logger: ComponentLogger
}

export interface LocationTellerInit {
  /** Where this node is, while the engine says nothing else. */
  configured?: GeoLocation
  /** Milliseconds between two messages to each neighbour. @default LOCATION_INTERVAL_MS */
  interval?: number
  clock: Clock
  /** The location is not what it was. */
  onChange(): void
}

/**
 * Tells the neighbours where on earth this node is, with `discovery` `discover`:
 * a new neighbour at once, all of them at the interval. The engine is asked as
 * often. Nothing is sent by a node without a location.
 */
export class LocationTeller implements Startable {
  readonly #components: LocationTellerComponents
  readonly #init: LocationTellerInit
  readonly #log: Logger
  #location?: GeoLocation
  #timer?: Timer
  readonly #lifetime = new Lifetime()

  constructor(components: LocationTellerComponents, init: LocationTellerInit) {
    this.#components = components
    this.#init = init
    this.#log = components.logger.forComponent('nebula:location')
    this.#location = init.configured
  }

  /** Where this node is; undefined where that is not known. */
  get location(): GeoLocation | undefined {
    return this.#location
  }

  start(): void {
    this.#lifetime.start()

    if (this.#init.configured != null || this.#components.engine.engine.location != null) {
      void this.#tick(this.#lifetime.signal)
    }
  }

  stop(): void {
    this.#lifetime.stop()
    this.#timer?.clear()
  }

  /** To be called when the peer has become a neighbour. */
  greet(peer: PeerId): void {
    if (this.#location != null && !this.#lifetime.signal.aborted) {
      this.#tell(peer, this.#location)
    }
  }

  async #tick(stopped: AbortSignal): Promise<void> {
    await this.#ask(stopped)

    if (stopped.aborted) {
      return
    }

    if (this.#location != null) {
      for (const peer of this.#components.linkManager.links.peers({ onlyDirect: true })) {
        this.#tell(peer, this.#location)
      }
    }

    this.#timer = this.#init.clock.setTimeout(
      () => void this.#tick(stopped),
      this.#init.interval ?? LOCATION_INTERVAL_MS
    )
  }

  /** While the engine fails the location is the last one it gave. */
  async #ask(stopped: AbortSignal): Promise<void> {
    const before = this.#location

    try {
      const given = await this.#components.engine.ask('location')
      const { latitude, longitude } = given ?? this.#init.configured ?? {}

      // a copy: the engine may go on writing into what it gave
      this.#location = latitude == null || longitude == null ? undefined : { latitude, longitude }
    } catch (err) {
      this.#log('the engine did not give its location - %e', toError(err))
    }

    const isSame =
      before?.latitude === this.#location?.latitude && before?.longitude === this.#location?.longitude

    if (!isSame && !stopped.aborted) {
      this.#init.onChange()
    }
  }

  #tell(peer: PeerId, { latitude, longitude }: GeoLocation): void {
    const message = createMessage('discovery', 'discover', { latitude, longitude })

    // it comes again at the interval, so that nothing is lost with it
    this.#components.messenger
      .send(peer, message, { signal: this.#lifetime.signal })
      .catch((err: unknown) => this.#log('%p was not told the location - %e', peer, toError(err)))
  }
}
