import { systemClock } from '../lib/clock.ts'
import { INACTIVITY_TIMEOUT_MS, LINK_SWEEP_INTERVAL_MS, SURPLUS_CONNECTION_GRACE_MS } from './constants.ts'
import { LeapDetector } from '../lib/leap-detector.ts'
import type { LinkHealth } from './link-health.ts'
import type { LinkManager } from './link-manager.ts'
import type { Clock, Timer } from '../lib/clock.ts'
import type { ComponentLogger, Connection, Logger, PeerId, Startable } from '@libp2p/interface'

export interface LinkSweeperComponents {
  linkManager: Pick<LinkManager, 'links' | 'close' | 'surplusConnections'>
  health: Pick<LinkHealth, 'check' | 'checkAll'>
  logger: ComponentLogger
}

export interface LinkSweeperInit {
  clock?: Clock
  /** Milliseconds. @default 120_000 */
  inactivityTimeout?: number
  /** Milliseconds. @default 5_000 */
  sweepInterval?: number
  /** Milliseconds. @default 5_000 */
  surplusConnectionGrace?: number
  /** The clock has leapt by so many milliseconds. */
  onLeap?(ms: number): void
}

/**
 * Looks at the links at an even pace: closes undirected ones over which nothing
 * passes and connections that are left over, and has the health of all looked
 * at. When the clock has leapt, what it leapt over counts against nobody.
 */
export class LinkSweeper implements Startable {
  readonly #linkManager: LinkSweeperComponents['linkManager']
  readonly #health: LinkSweeperComponents['health']
  readonly #log: Logger
  readonly #clock: Clock
  readonly #inactivityTimeout: number
  readonly #sweepInterval: number
  readonly #grace: number
  readonly #leaps: LeapDetector
  readonly #onLeap?: (ms: number) => void
  /** When a connection was first found to be left over. */
  #surplus = new Map<Connection, number>()
  #timer?: Timer

  constructor(components: LinkSweeperComponents, init: LinkSweeperInit = {}) {
    this.#linkManager = components.linkManager
    this.#health = components.health
    this.#log = components.logger.forComponent('nebula:links:sweeper')
    this.#clock = init.clock ?? systemClock
    this.#inactivityTimeout = init.inactivityTimeout ?? INACTIVITY_TIMEOUT_MS
    this.#sweepInterval = init.sweepInterval ?? LINK_SWEEP_INTERVAL_MS
    this.#grace = init.surplusConnectionGrace ?? SURPLUS_CONNECTION_GRACE_MS
    this.#onLeap = init.onLeap
    this.#leaps = new LeapDetector(this.#clock, this.#sweepInterval)
  }

  start(): void {
    if (this.#timer == null) {
      this.#leaps.restart()
      this.#schedule()
    }
  }

  stop(): void {
    this.#timer?.clear()
    this.#timer = undefined
    this.#surplus.clear()
  }

  #schedule(): void {
    this.#timer = this.#clock.setTimeout(() => {
      this.#schedule()
      this.#sweep()
    }, this.#sweepInterval)
  }

  #sweep(): void {
    const leap = this.#leaps.tick()

    if (leap !== 0) {
      this.#log('the clock has leapt by %d ms', leap)
      this.#shift(leap)
      this.#onLeap?.(leap)
      this.#health.checkAll()
    }

    void this.closeInactive()
    this.#health.check()
    this.#closeSurplus()
  }

  #shift(ms: number): void {
    for (const link of this.#linkManager.links) {
      link.shift(ms)
    }

    for (const [connection, since] of this.#surplus) {
      this.#surplus.set(connection, since + ms)
    }
  }

  /** Closes the undirected links that are not used; resolves with their peers when all are closed. */
  async closeInactive(): Promise<PeerId[]> {
    const limit = this.#clock.now() - this.#inactivityTimeout
    const inactive = this.#linkManager.links
      .select({ onlyUndirected: true })
      .filter(({ lastActivity }) => lastActivity <= limit)

    await Promise.all(
      inactive.map(async ({ peer }) =>
        this.#linkManager.close(peer, { reason: 'inactive' }).catch((err: Error) => {
          this.#log.error('could not close the inactive link with %p - %e', peer, err)
        })
      )
    )

    return inactive.map(({ peer }) => peer)
  }

  #closeSurplus(): void {
    const now = this.#clock.now()
    const surplus = new Map<Connection, number>()

    for (const connection of this.#linkManager.surplusConnections()) {
      const since = this.#surplus.get(connection) ?? now

      if (now - since < this.#grace) {
        surplus.set(connection, since)
        continue
      }

      connection.close().catch((err: Error) => connection.abort(err))
    }

    this.#surplus = surplus
  }
}
