import { backOff } from '../lib/back-off.ts'
import { MAX_REDIAL_DELAY_MS, REDIAL_ATTEMPTS, REDIAL_DELAY_MS, REDIAL_ROUNDS } from './constants.ts'
import type { Random } from '../lib/clock.ts'

export interface RedialScheduleInit {
  random?: Random
  /** Dials of one round. @default 5 */
  redialAttempts?: number
  /** Rounds after which a peer is given up; with 0 nobody is dialled again. @default 3 */
  redialRounds?: number
  /** Milliseconds before the first dial of a round; doubles with each. @default 1_000 */
  redialDelay?: number
  /** Milliseconds that delay grows to, and that lie between two rounds. @default 30_000 */
  maxRedialDelay?: number
}

/** Both from 1. */
export interface RedialTurn {
  round: number
  attempt: number
  /** Milliseconds. */
  delay: number
}

/** When a lost peer is dialled: rounds of attempts with growing delays. */
export class RedialSchedule {
  /** Milliseconds between two dials of a peer at least. */
  readonly shortestDelay: number
  /** Milliseconds between two dials of a peer at most; a link that holds for longer has lasted. */
  readonly longestDelay: number
  readonly #attempts: number
  readonly #rounds: number
  readonly #random: Random

  constructor(init: RedialScheduleInit) {
    this.shortestDelay = init.redialDelay ?? REDIAL_DELAY_MS
    this.longestDelay = init.maxRedialDelay ?? MAX_REDIAL_DELAY_MS
    this.#attempts = init.redialAttempts ?? REDIAL_ATTEMPTS
    this.#rounds = init.redialRounds ?? REDIAL_ROUNDS
    this.#random = init.random ?? Math.random
  }

  /** Whether anybody is dialled again at all. */
  get enabled(): boolean {
    return this.#rounds > 0
  }

  /** The next dial after so many failures; nothing when all rounds have failed. */
  next(failures: number): RedialTurn | undefined {
    const round = Math.floor(failures / this.#attempts)
    const attempt = failures % this.#attempts

    if (round >= this.#rounds) {
      return undefined
    }

    const delay = backOff(round > 0 && attempt === 0 ? Infinity : attempt + 1, {
      retryDelay: this.shortestDelay,
      maxRetryDelay: this.longestDelay,
      random: this.#random
    })

    return { round: round + 1, attempt: attempt + 1, delay }
  }
}
