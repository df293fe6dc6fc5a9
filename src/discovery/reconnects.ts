import { REDIAL_ATTEMPTS, REDIAL_ROUNDS } from '../links/constants.ts'
import type { JoinTarget } from './join-target.ts'
import type { LinkRedial } from '../interface.ts'
import type { Clock } from '../lib/clock.ts'
import type { PeerId } from '@libp2p/interface'

export interface ReconnectsInit {
  clock: Clock
  /** Dials that are told as one round. @default 5 */
  redialAttempts?: number
  /** Rounds after which a peer counts as given up, though it may be dialled still. @default 3 */
  redialRounds?: number
  /** A peer whose link was lost is dialled again. */
  onRedial?(redial: LinkRedial): void
  /** The rounds have failed, for a peer that may be dialled still. */
  onRoundsFailed?(peer: PeerId): void
  /** The peer is no longer connected again. */
  onReconnectEnd?(peer: PeerId): void
}

/** Whose links the joiner makes again because they were lost, and how it tells of it. */
export class Reconnects {
  readonly #init: ReconnectsInit
  readonly #attempts: number
  readonly #max: number
  readonly #targets = new Set<JoinTarget>()

  constructor(init: ReconnectsInit) {
    this.#init = init
    this.#attempts = init.redialAttempts ?? REDIAL_ATTEMPTS
    this.#max = this.#attempts * (init.redialRounds ?? REDIAL_ROUNDS)
  }

  has(target: JoinTarget): boolean {
    return this.#targets.has(target)
  }

  /** Whether fewer dials have failed than give up a lost link. */
  isHopeful(target: JoinTarget): boolean {
    return this.has(target) && dialsInVain(target) < this.#max
  }

  /** The target's link was lost. */
  add(target: JoinTarget): void {
    this.#targets.add(target)
  }

  /** Tells of the next dial of a target whose link was lost, in so many milliseconds. */
  next(target: JoinTarget, delay: number, error?: Error): void {
    const { peer } = target

    if (peer == null || !this.has(target)) {
      return
    }

    const failed = dialsInVain(target)

    if (failed === this.#max) {
      this.#init.onRoundsFailed?.(peer)
    }

    this.#init.onRedial?.({
      peer,
      round: Math.floor(failed / this.#attempts) + 1,
      attempt: (failed % this.#attempts) + 1,
      retryAt: this.#init.clock.now() + delay,
      error
    })
  }

  /** The link is there again, or is no longer made again because it was lost. */
  end(target: JoinTarget): void {
    if (this.#targets.delete(target) && target.peer != null) {
      this.#init.onReconnectEnd?.(target.peer)
    }
  }

  clear(): void {
    this.#targets.clear()
  }
}

/** The loss itself counts as the first failure of a target. */
function dialsInVain({ failures }: JoinTarget): number {
  return Math.max(failures - 1, 0)
}
