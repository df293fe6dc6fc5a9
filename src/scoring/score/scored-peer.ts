import { TokenBucket } from '../../lib/token-bucket.ts'
import { add, decay } from './arithmetic.ts'
import { isPenalty } from './terms.ts'
import type { Counters, ScoreState } from './arithmetic.ts'
import type { ScoreTime } from './score-time.ts'
import type { ScoreParams } from './params.ts'
import type { CounterName, PenaltyName } from './terms.ts'
import type { PeerId } from '@libp2p/interface'

export interface MessageRate {
  /** Messages that a peer may send in a second for long. @default 10_000 */
  maxMessageRate: number
  /** Messages that a peer may send at once. @default ten seconds of `maxMessageRate` */
  maxMessageBurst: number
}

/** What is counted of one peer. All times are those of the scores' own clock, in milliseconds. */
export class ScoredPeer {
  readonly peer: PeerId
  readonly #params: ScoreParams
  readonly #counters = new Map<CounterName, number>()
  /** What the counters have decayed up to. */
  #at: number
  #linkedSince?: number
  #lastSeen: number
  /** The messages that the peer sends. */
  readonly messages: TokenBucket
  /** As they were when the score was last looked at. */
  state: ScoreState = 'good'
  lastScore = 0

  constructor(peer: PeerId, params: ScoreParams & MessageRate, time: Pick<ScoreTime, 'now'>) {
    const now = time.now()

    this.peer = peer
    this.#params = params
    this.#at = now
    this.#lastSeen = now
    this.messages = new TokenBucket(time, {
      burst: params.maxMessageBurst,
      perSecond: params.maxMessageRate
    })
  }

  get linked(): boolean {
    return this.#linkedSince != null
  }

  /** When the peer was last linked or did something. */
  get lastSeen(): number {
    return this.#lastSeen
  }

  /** Whether nothing is held against the peer. */
  get clean(): boolean {
    return [...this.#counters.keys()].every((name) => !isPenalty(name))
  }

  add(name: CounterName, count: number, now: number): void {
    this.#settle(now)
    this.#lastSeen = now
    this.#counters.set(name, add(this.#counters.get(name) ?? 0, count, this.#params.terms[name].cap))
  }

  link(now: number): void {
    this.#linkedSince = now
    this.#lastSeen = now
  }

  /** @returns milliseconds for which the peer was linked */
  unlink(now: number): number {
    const since = this.#linkedSince ?? now

    this.#linkedSince = undefined
    this.#lastSeen = now

    return now - since
  }

  /** What was counted, decayed to now, and the minutes in the link. */
  counters(now: number): Counters {
    this.#settle(now)

    return {
      ...Object.fromEntries(this.#counters),
      timeInLink: this.#linkedSince == null ? 0 : (now - this.#linkedSince) / MINUTE_MS
    }
  }

  /** What the peer has done wrong, decayed to now. */
  penalties(now: number): Partial<Record<PenaltyName, number>> {
    this.#settle(now)

    return Object.fromEntries([...this.#counters].filter(([name]) => isPenalty(name)))
  }

  #settle(now: number): void {
    const { terms, decayToZero } = this.#params
    const elapsed = now - this.#at

    this.#at = now

    if (elapsed <= 0) {
      return
    }

    for (const [name, counter] of this.#counters) {
      const left = decay(counter, terms[name].halfLife, elapsed, decayToZero)

      if (left === 0) {
        this.#counters.delete(name)
      } else {
        this.#counters.set(name, left)
      }
    }
  }
}

const MINUTE_MS = 60_000
