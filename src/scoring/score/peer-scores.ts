import { systemClock } from '../../lib/clock.ts'
import { computeScore, stateOf, totalScore } from './arithmetic.ts'
import {
  MAX_MESSAGE_RATE,
  MESSAGE_BURST_SECONDS,
  MAX_TIME_STEP_MS,
  SCORE_SWEEP_INTERVAL_MS
} from './constants.ts'
import { resolveParams } from './params.ts'
import { ScoreTable } from './score-table.ts'
import { ScoreTime } from './score-time.ts'
import { isPenalty } from './terms.ts'
import type { Counters, ScoreState, TermScore } from './arithmetic.ts'
import type { ScoreParams, ScoreParamsInit } from './params.ts'
import type { ScoreTableComponents, ScoreTableInit } from './score-table.ts'
import type { MessageRate, ScoredPeer } from './scored-peer.ts'
import type { CounterName } from './terms.ts'
import type { Clock, Timer } from '../../lib/clock.ts'
import type { PeerId, Startable } from '@libp2p/interface'

/** A peer's score and all that it consists of. */
export interface ScoreExplanation {
  peer: PeerId
  score: number
  state: ScoreState
  /** Every term, also those that add nothing. */
  terms: TermScore[]
}

export interface PeerScoresInit
  extends ScoreParamsInit, Omit<ScoreTableInit, 'params'>, Partial<Pick<MessageRate, 'maxMessageRate'>> {
  /** Messages that a peer may send at once. @default null, ten seconds of `maxMessageRate` */
  maxMessageBurst?: number | null
  clock?: Clock
  /** Milliseconds between two looks at all scores. @default 5_000 */
  sweepInterval?: number
  /** Counters of the terms that others cause: how many share the peer's address, and what neighbours think. */
  standing(peer: PeerId): { colocation: number; opinion: number }
  isBlacklisted(peer: PeerId): boolean
  onGraylisted(explanation: ScoreExplanation): void
  onRecovered(explanation: ScoreExplanation): void
  /** The score is below the threshold, and the peer is not blacklisted. */
  onBlacklist(explanation: ScoreExplanation): void
}

/**
 * One score a peer. Counters decay when they are looked at; a sweep notices
 * who has recovered, writes what has changed and forgets what is over.
 */
export class PeerScores implements Startable {
  readonly #init: PeerScoresInit
  readonly #params: ScoreParams
  readonly #clock: Clock
  readonly #sweepInterval: number
  readonly #time: ScoreTime
  readonly #peers: ScoreTable
  #timer?: Timer
  #started = false

  /** @throws {InvalidParametersError} when the parameters could never punish a peer, or never let it recover */
  constructor(components: Pick<ScoreTableComponents, 'datastore' | 'logger'>, init: PeerScoresInit) {
    const { maxMessageRate = MAX_MESSAGE_RATE } = init
    const params = {
      ...resolveParams(init),
      maxMessageRate,
      maxMessageBurst: init.maxMessageBurst ?? MESSAGE_BURST_SECONDS * maxMessageRate
    }

    this.#init = init
    this.#params = params
    this.#clock = init.clock ?? systemClock
    this.#sweepInterval = init.sweepInterval ?? SCORE_SWEEP_INTERVAL_MS
    this.#time = new ScoreTime(this.#clock, Math.max(MAX_TIME_STEP_MS, 2 * this.#sweepInterval))
    this.#peers = new ScoreTable({ ...components, clock: this.#clock, time: this.#time }, { ...init, params })
  }

  /**
   * Reads the scores of an earlier run; to be called before a connection can come in.
   *
   * @throws what the datastore throws
   */
  async load(): Promise<void> {
    for await (const scored of this.#peers.load()) {
      // what was crossed in an earlier run was told then
      scored.lastScore = this.score(scored.peer)
      scored.state = stateOf(scored.lastScore, this.#params)
    }
  }

  start(): void {
    this.#started = true
    this.#schedule()
  }

  /** Resolves when all is written. */
  async stop(): Promise<void> {
    this.#started = false
    this.#timer?.clear()
    this.#timer = undefined
    await this.#peers.close()
  }

  /** Peers whose score is kept. */
  get size(): number {
    return this.#peers.size
  }

  /** Milliseconds on the clock of the scores, which only passes while this node watches. */
  now(): number {
    return this.#time.now()
  }

  /** Counts what a peer did. */
  record(peer: PeerId, name: CounterName, count = 1): void {
    const scored = this.#obtain(peer)

    scored.add(name, count, this.#time.now())

    if (isPenalty(name)) {
      this.#peers.changed(peer)
      this.#evaluate(scored, true)
    }
  }

  /** Counts a message that came from the peer, whatever it is. */
  message(peer: PeerId): void {
    if (!this.#obtain(peer).messages.take()) {
      this.record(peer, 'rate')
    }
  }

  linked(peer: PeerId): void {
    this.#obtain(peer).link(this.#time.now())
  }

  /** @returns milliseconds for which the peer was linked */
  unlinked(peer: PeerId): number {
    return this.#peers.get(peer)?.unlink(this.#time.now()) ?? 0
  }

  /** Forgives a peer all it has done. */
  forget(peer: PeerId): void {
    const renewed = this.#peers.renew(peer)

    if (renewed != null) {
      this.#evaluate(renewed, false)
    }
  }

  score(peer: PeerId): number {
    return totalScore(this.#counters(peer), this.#params.terms)
  }

  explain(peer: PeerId): ScoreExplanation {
    const { score, terms } = computeScore(this.#counters(peer), this.#params.terms)

    return { peer, score, state: stateOf(score, this.#params), terms }
  }

  /** The peers that are linked, or have something held against them; the worst first. */
  list(): ScoreExplanation[] {
    return Array.from(this.#peers, ({ peer }) => this.explain(peer)).sort((a, b) => a.score - b.score)
  }

  /** Whether what the peer sends is to be ignored. Costs one look-up for a peer in good standing. */
  isGraylisted(peer: PeerId): boolean {
    const scored = this.#peers.get(peer)

    if (scored == null || scored.state === 'good') {
      return false
    }

    this.#evaluate(scored, false)

    return (scored.state as ScoreState) !== 'good'
  }

  #counters(peer: PeerId): Counters {
    return {
      ...this.#peers.get(peer)?.counters(this.#time.now()),
      ...this.#init.standing(peer)
    }
  }

  /** Tells of each threshold that the score has crossed. */
  #evaluate(scored: ScoredPeer, offended: boolean): void {
    const { peer } = scored
    const score = this.score(peer)
    const state = stateOf(score, this.#params)
    const before = scored.state

    scored.state = state
    scored.lastScore = score

    if (state === before && !offended) {
      return
    }

    if (state === 'good') {
      if (before !== 'good') {
        this.#init.onRecovered(this.explain(peer))
      }

      return
    }

    if (before === 'good' || (before === 'blacklisted' && state === 'graylisted')) {
      this.#init.onGraylisted(this.explain(peer))
    }

    // whoever offends again once its time on the blacklist is over is put back
    if (
      state === 'blacklisted' &&
      (before !== 'blacklisted' || offended) &&
      !this.#init.isBlacklisted(peer)
    ) {
      this.#init.onBlacklist(this.explain(peer))
    }
  }

  #obtain(peer: PeerId): ScoredPeer {
    const scored = this.#peers.obtain(peer)

    this.#schedule()

    return scored
  }

  /** The one timer; it runs while there is a score. */
  #schedule(): void {
    if (this.#started && this.#timer == null && !this.#peers.idle) {
      this.#timer = this.#clock.setTimeout(() => {
        this.#timer = undefined
        this.#sweep()
        this.#schedule()
      }, this.#sweepInterval)
    }
  }

  #sweep(): void {
    // also while there is nothing to do, or time would not pass
    this.#time.now()

    for (const scored of this.#peers) {
      // of a peer that does nothing wrong what others say, or share with it, changes nothing
      if (scored.state !== 'good' || !scored.clean) {
        this.#evaluate(scored, false)
      }
    }

    this.#peers.forgetOld()
    this.#peers.write()
  }
}
