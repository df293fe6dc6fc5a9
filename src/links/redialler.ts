import { Queue } from '@libp2p/utils'
import { systemClock } from '../lib/clock.ts'
import { isLoss } from './close-reasons.ts'
import { MAX_PARALLEL_REDIALS, MAX_REDIALS } from './constants.ts'
import { RedialSchedule } from './redial-schedule.ts'
import { Redials } from './redials.ts'
import type { LinkManager } from './link-manager.ts'
import type { Link } from './link.ts'
import type { RedialScheduleInit } from './redial-schedule.ts'
import type { Redial } from './redial.ts'
import type { LinkManagerEvents } from './types.ts'
import type { Clock } from '../lib/clock.ts'
import type { LinkRedial } from '../interface.ts'
import type { ComponentLogger, Logger, PeerId, Startable } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

export interface RediallerComponents {
  linkManager: Pick<LinkManager, 'links' | 'connect' | 'addEventListener' | 'removeEventListener'>
  logger: ComponentLogger
}

export interface RediallerInit extends RedialScheduleInit {
  clock?: Clock
  /** @default 8 */
  maxParallelRedials?: number
  /** Lost peers that are kept in mind. @default 1_000 */
  maxRedials?: number
  /** Whether the peer may be dialled. */
  mayDial(peer: PeerId): boolean
  /** Whether somebody else makes the link with the peer anew. */
  cared(peer: PeerId): boolean
  /** Where the peer has announced itself not long ago. */
  announced(peer: PeerId): Multiaddr[]
  onRedial(redial: LinkRedial): void
  /** A lost peer is no longer dialled, whether it is linked again or not. */
  onRedialEnd?(peer: PeerId): void
  /** All rounds have failed. */
  onGiveUp(peer: PeerId): void
}

/** Refusals that another attempt does not change. */
const FINAL_REFUSALS = new Set(['FEDERATION_MISMATCH', 'SELF', 'BLACKLISTED', 'LEARNING_FINISHED'])

/**
 * Gets back links that were lost: direct ones, and those of high priority. Both
 * ends may dial; the handshake settles attempts that cross. A link that does
 * not last counts as a failed attempt, or a peer that comes and goes would be
 * dialled for ever at the pace of the first attempt.
 */
export class Redialler implements Startable {
  readonly #components: RediallerComponents
  readonly #init: RediallerInit
  readonly #log: Logger
  readonly #clock: Clock
  readonly #schedule: RedialSchedule
  readonly #queue: Queue
  readonly #redials: Redials
  #running = false

  constructor(components: RediallerComponents, init: RediallerInit) {
    this.#components = components
    this.#init = init
    this.#log = components.logger.forComponent('nebula:links:redialler')
    this.#clock = init.clock ?? systemClock
    this.#schedule = new RedialSchedule(init)
    this.#redials = new Redials(init.maxRedials ?? MAX_REDIALS, (peer) => init.onRedialEnd?.(peer))
    this.#queue = new Queue({ concurrency: init.maxParallelRedials ?? MAX_PARALLEL_REDIALS })
  }

  start(): void {
    if (this.#running) {
      return
    }

    this.#running = true
    this.#components.linkManager.addEventListener('close', this.#onClose)
    this.#components.linkManager.addEventListener('open', this.#onOpen)
    this.#components.linkManager.addEventListener('unwanted', this.#onUnwanted)
  }

  stop(): void {
    this.#running = false
    this.#components.linkManager.removeEventListener('close', this.#onClose)
    this.#components.linkManager.removeEventListener('open', this.#onOpen)
    this.#components.linkManager.removeEventListener('unwanted', this.#onUnwanted)
    this.#redials.clear()
    this.#queue.abort()
  }

  /** Whether the peer's link was lost and is being made again. */
  has(peer: PeerId): boolean {
    return this.#redials.get(peer)?.active === true
  }

  /** Dials all lost peers now that are to be dialled later; returns them. */
  tryNow(): PeerId[] {
    const waiting = this.#redials.waiting()

    for (const redial of waiting) {
      this.#later(redial, 0)
    }

    return waiting.map(({ peer }) => peer)
  }

  /** Gives the peer up, whose link was lost; `false` when there is none to give up. */
  giveUp(peer: PeerId): boolean {
    if (!this.has(peer)) {
      return false
    }

    this.#redials.forget(peer)
    this.#init.onGiveUp(peer)

    return true
  }

  /** The peer has announced itself at another place: it is dialled there soon, at most once in the shortest delay. */
  moved(peer: PeerId): void {
    const redial = this.#redials.get(peer)

    if (redial?.active === true) {
      const wait = redial.lastBegin + this.#schedule.shortestDelay - this.#clock.now()

      this.#later(redial, Math.max(wait, 0))
    }
  }

  readonly #onClose = ({ detail: { link, reason } }: LinkManagerEvents['close']): void => {
    if (!isLoss(reason) || !this.#wanted(link)) {
      this.#redials.forget(link.peer)

      return
    }

    const before = this.#redials.get(link.peer)
    const redial = before ?? this.#redials.add(link.peer)

    if (redial == null) {
      this.#log('too many links are lost, that with %p is not made again', link.peer)

      return
    }

    redial.lose(link)

    if (reason === 'replaced') {
      // the peer noticed the loss first, and has made a link, perhaps one of the other kind
      return
    }

    if (before != null) {
      const lasted = this.#clock.now() - link.openedAt >= this.#schedule.longestDelay

      redial.failures = lasted ? 0 : redial.failures + 1
    }

    this.#next(redial)
  }

  readonly #onOpen = ({ detail: link }: LinkManagerEvents['open']): void => {
    const redial = this.#redials.get(link.peer)

    if (redial?.lost !== true) {
      return
    }

    if (this.#restored(redial)) {
      this.#onRestored(redial)
    } else {
      // somebody made a link of the other kind: an attempt makes it what it was
      this.#later(redial, 0)
    }
  }

  /** No link with the peer is wanted any more. */
  readonly #onUnwanted = ({ detail: peer }: LinkManagerEvents['unwanted']): void => {
    this.#redials.forget(peer)
  }

  /** Schedules the next attempt, or gives the peer up. */
  #next(redial: Redial, error?: Error): void {
    const turn = this.#schedule.next(redial.failures)

    if (turn == null) {
      this.#log('%p is given up', redial.peer)
      this.#redials.forget(redial.peer)
      this.#init.onGiveUp(redial.peer)

      return
    }

    const { round, attempt, delay } = turn

    this.#later(redial, delay)
    this.#init.onRedial({ peer: redial.peer, round, attempt, retryAt: this.#clock.now() + delay, error })
  }

  #later(redial: Redial, delay: number): void {
    redial.schedule(this.#clock.setTimeout(() => this.#try(redial), delay))
  }

  #try(redial: Redial): void {
    if (!redial.begin(this.#clock.now())) {
      return
    }

    void this.#queue
      .add(async ({ signal }) => this.#dial(redial, signal), { signal: redial.signal })
      .then(
        () => {
          redial.end()
          this.#onSuccess(redial)
        },
        (error: Error) => {
          redial.end()
          this.#onFailure(redial, error)
        }
      )
  }

  async #dial(redial: Redial, signal?: AbortSignal): Promise<void> {
    const { peer, direct, priority, failures } = redial

    if (this.#restored(redial)) {
      return
    }

    if (!this.#init.mayDial(peer)) {
      this.#redials.forget(peer)

      return
    }

    const places = this.#places(redial)

    this.#log('redial %p', peer)
    await this.#components.linkManager.connect(places[failures % places.length] ?? peer, {
      direct,
      priority,
      signal
    })
  }

  /**
   * Where to look for the peer, in turns. An announcement may be the newest there
   * is, and may be forged. libp2p knows nothing of a peer whose link was lost before
   * identify had ended, and what the peer said of itself may be out of date.
   */
  #places({ peer, address }: Redial): Array<PeerId | Multiaddr[]> {
    const announced = this.#init.announced(peer).map((addr) => addr.encapsulate(`/p2p/${peer}`))
    const said = address == null ? [] : [address]

    return [announced, peer, said].filter((place) => !Array.isArray(place) || place.length > 0)
  }

  #onSuccess(redial: Redial): void {
    if (this.#restored(redial)) {
      this.#onRestored(redial)
    } else if (this.#redials.has(redial) && !redial.active) {
      // lost again before this was told
      this.#onFailure(redial, new Error('The link did not last'))
    }
  }

  #onFailure(redial: Redial, error: Error): void {
    if (!this.#redials.has(redial)) {
      return
    }

    const { reason } = error as Partial<{ reason: string }>

    if (error.name === 'UnsupportedProtocolError' || (reason != null && FINAL_REFUSALS.has(reason))) {
      this.#log('%p is not dialled again - %e', redial.peer, error)
      this.#redials.forget(redial.peer)

      return
    }

    redial.failures++
    this.#next(redial, error)
  }

  #onRestored(redial: Redial): void {
    redial.lost = false
    redial.rest()
    this.#init.onRedialEnd?.(redial.peer)
  }

  /** Whether the link is to be made again by this. */
  #wanted({ peer, direct, priority }: Link): boolean {
    return (
      this.#schedule.enabled &&
      (direct || priority === 'high') &&
      this.#init.mayDial(peer) &&
      !this.#init.cared(peer)
    )
  }

  /** Whether there is a link as it was. */
  #restored({ peer, direct }: Redial): boolean {
    const link = this.#components.linkManager.links.get(peer)

    return link != null && (link.direct || !direct)
  }
}
