import { AbortError, TimeoutError } from '@libp2p/interface'
import { ping } from '../../protocols/ping.ts'
import { systemClock } from '../lib/clock.ts'
import { deadline } from '../lib/deadline.ts'
import { LOST } from './close-reasons.ts'
import { ALIVE_INTERVAL_MS, PROBE_TIMEOUT_MS, SILENCE_TIMEOUT_MS } from './constants.ts'
import type { LinkManager } from './link-manager.ts'
import type { Link } from './link.ts'
import type { LinkManagerEvents } from './types.ts'
import type { Clock } from '../lib/clock.ts'
import type { AbortOptions, ComponentLogger, Connection, Logger, Startable } from '@libp2p/interface'

export interface LinkHealthComponents {
  linkManager: Pick<LinkManager, 'links' | 'close' | 'addEventListener' | 'removeEventListener'>
  logger: ComponentLogger
}

export interface LinkHealthInit {
  clock?: Clock
  /** Milliseconds. @default 30_000 */
  aliveInterval?: number
  /** Milliseconds. @default 120_000 */
  silenceTimeout?: number
  /** Milliseconds. @default 10_000 */
  probeTimeout?: number
  /** Sends the peer `alive`. */
  sendAlive(link: Link, options: AbortOptions): Promise<void>
  /** Asks the other end of a connection for an answer. @default libp2p's ping */
  probe?(connection: Connection, options: AbortOptions): Promise<void>
}

/**
 * Says `alive` over links on which nothing else is said, and closes those over
 * which nothing comes. Does without libp2p's connection monitor, which not
 * every node has, and works beside it.
 */
export class LinkHealth implements Startable {
  readonly #components: LinkHealthComponents
  readonly #init: LinkHealthInit
  readonly #log: Logger
  readonly #clock: Clock
  readonly #aliveInterval: number
  readonly #silenceTimeout: number
  readonly #probeTimeout: number
  readonly #probe: Required<LinkHealthInit>['probe']
  /** Links over which `alive` is on its way. */
  readonly #saying = new WeakSet<Link>()
  readonly #probed = new Set<Connection>()
  #shutdown?: AbortController

  constructor(components: LinkHealthComponents, init: LinkHealthInit) {
    this.#components = components
    this.#init = init
    this.#log = components.logger.forComponent('nebula:links:health')
    this.#clock = init.clock ?? systemClock
    this.#aliveInterval = init.aliveInterval ?? ALIVE_INTERVAL_MS
    this.#silenceTimeout = init.silenceTimeout ?? SILENCE_TIMEOUT_MS
    this.#probeTimeout = init.probeTimeout ?? PROBE_TIMEOUT_MS
    this.#probe = init.probe ?? ping
  }

  start(): void {
    if (this.#shutdown == null) {
      this.#shutdown = new AbortController()
      this.#components.linkManager.addEventListener('close', this.#onClose)
    }
  }

  stop(): void {
    this.#components.linkManager.removeEventListener('close', this.#onClose)
    this.#shutdown?.abort(new AbortError('The overlay was stopped'))
    this.#shutdown = undefined
  }

  /** Looks at every link; to be called a few times in each interval. */
  check(): void {
    const now = this.#clock.now()

    for (const link of this.#components.linkManager.links.select()) {
      const silence = now - link.lastHeard

      if (silence >= this.#silenceTimeout) {
        this.#closeSilent(link)
        continue
      }

      if (now - link.lastSaid >= this.#aliveInterval) {
        this.#say(link)
      }

      // what says nothing by itself may still answer
      if (silence >= 2 * this.#aliveInterval) {
        this.#askOver(link)
      }
    }
  }

  /** Says and asks over every link: after a leap of the clock peers may have given theirs up. */
  checkAll(): void {
    for (const link of this.#components.linkManager.links.select()) {
      this.#say(link)
      this.#askOver(link)
    }
  }

  #say(link: Link): void {
    const signal = this.#shutdown?.signal

    if (signal == null || this.#saying.has(link)) {
      return
    }

    this.#saying.add(link)
    this.#init
      .sendAlive(link, { signal })
      .catch((err: Error) => this.#log('could not say alive to %p - %e', link.peer, err))
      .finally(() => this.#saying.delete(link))
  }

  #askOver(link: Link): void {
    this.#answers(link.connection)
      .then((answers) => {
        link.lastHeard = answers ? this.#clock.now() : link.lastHeard
      })
      .catch((err: Error) => this.#log('no answer of %p - %e', link.peer, err))
  }

  #closeSilent(link: Link): void {
    const silence = this.#clock.now() - link.lastHeard

    this.#log('nothing was heard of %p for %d ms', link.peer, silence)
    this.#components.linkManager
      .close(link.peer, { reason: 'silent', mutual: false, link })
      .catch((err: Error) => this.#log.error('could not close the link with %p - %e', link.peer, err))
      // a redial must not be given this connection
      .finally(() => link.connection.abort(new TimeoutError(`Nothing was heard for ${silence} ms`)))
  }

  /** A link that was lost may have been on a connection that looks open and is dead, which a redial would use again. */
  readonly #onClose = ({ detail: { link, reason } }: LinkManagerEvents['close']): void => {
    const { connection } = link

    if (LOST.has(reason) && connection.status === 'open') {
      this.#answers(connection).catch((err: Error) => {
        this.#log('connection with %p is given up - %e', link.peer, err)

        if (this.#shutdown != null) {
          connection.abort(err)
        }
      })
    }
  }

  /** Whether the other end answers; `false` when it is being asked already. */
  async #answers(connection: Connection): Promise<boolean> {
    const shutdown = this.#shutdown?.signal

    if (shutdown == null || this.#probed.has(connection)) {
      return false
    }

    const limit = deadline(this.#clock, this.#probeTimeout, shutdown)

    this.#probed.add(connection)

    try {
      await this.#probe(connection, { signal: limit.signal })

      return true
    } catch (err) {
      throw limit.expired ? new TimeoutError(`No answer to a ping within ${this.#probeTimeout} ms`) : err
    } finally {
      limit.clear()
      this.#probed.delete(connection)
    }
  }
}
