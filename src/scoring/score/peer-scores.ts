import { systemClock } from '../../../protocols/clock.ts'
import { computeScore, decay, stateOf } from './arithmetic.ts'
import {
  MAX_MESSAGE_BURST,
  MAX_MESSAGE_RATE,
  MAX_SCORED_PEERS,
  MAX_TIME_STEP_MS,
  RETAIN_SCORE_MS,
  SCORE_SWEEP_INTERVAL_MS
} from './constants.ts'
import { resolveParams } from './params.ts'
import { ScoreStore } from './score-store.ts'
import { ScoreTime } from './score-time.ts'
import { ScoredPeer } from './scored-peer.ts'
import { isPenalty, PENALTY_NAMES } from './terms.ts'
import type { Counters, ScoreState, TermScore } from './arithmetic.ts'
import type { ScoreParams, ScoreParamsInit } from './params.ts'
import type { MessageRate } from './scored-peer.ts'
import type { StoredScore } from './score-store.ts'
import type { CounterName, PenaltyName } from './terms.ts'
import type { Clock, Timer } from '../../../protocols/clock.ts'
import type { ComponentLogger, Logger, PeerId, Startable } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'

export interface PeerScoresComponents {
  datastore: Datastore
  logger: ComponentLogger
}

/** A peer's score and all that it consists of. */
export interface ScoreExplanation {
  peer: PeerId
  score: number
  state: ScoreState
  /** Every term, also those that add nothing. */
  terms: TermScore[]
}

export interface PeerScoresInit extends ScoreParamsInit {
  clock?: Clock
  /** Milliseconds for which a score is kept after the last link. @default 3_600_000 */
  retain?: number
  /** @default 10_000 */
  maxPeers?: number
  /** Milliseconds between two looks at all scores. @default 5_000 */
  sweepInterval?: number
  /** Messages that a peer may send in a second for long. @default 2_000 */
  maxMessageRate?: number
  /** Messages that a peer may send at once. @default 20_000 */
  maxMessageBurst?: number
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
  readonly #params: ScoreParams & MessageRate
  readonly #log: Logger
  readonly #clock: Clock
  readonly #retain: number
  readonly #maxPeers: number
  readonly #sweepInterval: number
  readonly #store: ScoreStore
  readonly #time: ScoreTime
  readonly #peers = new Map<string, ScoredPeer>()
  /** Peers whose stored score is not what it should be. */
  readonly #unwritten = new Set<string>()
  #writes: Promise<void> = Promise.resolve()
  #timer?: Timer
  #started = false

  /** @throws {InvalidParametersError} when the parameters could never punish a peer, or never let it recover */
  constructor(components: PeerScoresComponents, init: PeerScoresInit) {
    this.#init = init
    this.#params = {
      ...resolveParams(init),
      maxMessageRate: init.maxMessageRate ?? MAX_MESSAGE_RATE,
      maxMessageBurst: init.maxMessageBurst ?? MAX_MESSAGE_BURST
    }
    this.#log = components.logger.forComponent('nebula:score')
    this.#clock = init.clock ?? systemClock
    this.#retain = init.retain ?? RETAIN_SCORE_MS
    this.#maxPeers = init.maxPeers ?? MAX_SCORED_PEERS
    this.#sweepInterval = init.sweepInterval ?? SCORE_SWEEP_INTERVAL_MS
    this.#store = new ScoreStore(components.datastore)
    this.#time = new ScoreTime(this.#clock, Math.max(MAX_TIME_STEP_MS, 2 * this.#sweepInterval))
  }

  /**
   * Reads the scores of an earlier run; to be called before a connection can come in.
   *
   * @throws what the datastore throws
   */
  async load(): Promise<void> {
    for await (const stored of this.#store.load()) {
      this.#restore(stored)
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
    this.#write()
    this.#peers.clear()
    await this.#writes
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
      this.#unwritten.add(peer.toString())
      this.#evaluate(scored, true)
    }
  }

  /** Counts a message that came from the peer, whatever it is. */
  message(peer: PeerId): void {
    if (!this.#obtain(peer).messages.take(this.#time.now())) {
      this.record(peer, 'rate')
    }
  }

  linked(peer: PeerId): void {
    this.#obtain(peer).link(this.#time.now())
  }

  /** @returns milliseconds for which the peer was linked */
  unlinked(peer: PeerId): number {
    return this.#peers.get(peer.toString())?.unlink(this.#time.now()) ?? 0
  }

  /** Forgives a peer all it has done. */
  forget(peer: PeerId): void {
    const id = peer.toString()
    const scored = this.#peers.get(id)

    if (scored != null) {
      const forgiven = new ScoredPeer(peer, this.#params, this.#time.now())

      if (scored.linked) {
        forgiven.link(this.#time.now())
      }

      forgiven.state = scored.state
      this.#peers.set(id, forgiven)
      this.#unwritten.add(id)
      this.#evaluate(forgiven, false)
    }
  }

  score(peer: PeerId): number {
    return computeScore(this.#counters(peer), this.#params.terms).score
  }

  explain(peer: PeerId): ScoreExplanation {
    const { score, terms } = computeScore(this.#counters(peer), this.#params.terms)

    return { peer, score, state: stateOf(score, this.#params), terms }
  }

  /** The peers that are linked, or have something held against them; the worst first. */
  list(): ScoreExplanation[] {
    return [...this.#peers.values()].map(({ peer }) => this.explain(peer)).sort((a, b) => a.score - b.score)
  }

  /** Whether what the peer sends is to be ignored. Costs one look-up for a peer in good standing. */
  isGraylisted(peer: PeerId): boolean {
    const scored = this.#peers.get(peer.toString())

    if (scored == null || scored.state === 'good') {
      return false
    }

    this.#evaluate(scored, false)

    return (scored.state as ScoreState) !== 'good'
  }

  #counters(peer: PeerId): Counters {
    return {
      ...this.#peers.get(peer.toString())?.counters(this.#time.now()),
      ...this.#init.standing(peer)
    }
  }

  /** Tells of each threshold that the score has crossed. */
  #evaluate(scored: ScoredPeer, offended: boolean): void {
    const explanation = this.explain(scored.peer)
    const { state } = explanation
    const before = scored.state

    scored.state = state
    scored.lastScore = explanation.score

    if (state === 'good') {
      if (before !== 'good') {
        this.#init.onRecovered(explanation)
      }

      return
    }

    if (before === 'good' || (before === 'blacklisted' && state === 'graylisted')) {
      this.#init.onGraylisted(explanation)
    }

    // whoever offends again once its time on the blacklist is over is put back
    if (
      state === 'blacklisted' &&
      (before !== 'blacklisted' || offended) &&
      !this.#init.isBlacklisted(scored.peer)
    ) {
      this.#init.onBlacklist(explanation)
    }
  }

  #obtain(peer: PeerId): ScoredPeer {
    const id = peer.toString()
    let scored = this.#peers.get(id)

    if (scored == null) {
      this.#makeRoomForOne()
      scored = new ScoredPeer(peer, this.#params, this.#time.now())
      this.#peers.set(id, scored)
      this.#schedule()
    }

    return scored
  }

  /** Of the peers without a link the one with the best score goes. */
  #makeRoomForOne(): void {
    if (this.#peers.size < this.#maxPeers) {
      return
    }

    let best: { id: string; score: number } | undefined

    for (const [id, { linked, lastScore }] of this.#peers) {
      const score = linked ? -Infinity : lastScore

      best = best == null || score > best.score ? { id, score } : best
    }

    if (best != null) {
      this.#forgetAt(best.id)
    }
  }

  #forgetAt(id: string): void {
    this.#peers.delete(id)
    this.#unwritten.add(id)
  }

  #restore({ peer, counters, at }: StoredScore): void {
    const wall = this.#clock.now()
    const away = Math.max(0, wall - at)
    const id = peer.toString()

    if (this.#peers.has(id)) {
      return
    }

    const now = this.#time.now()
    const scored = new ScoredPeer(peer, this.#params, now)

    for (const name of PENALTY_NAMES) {
      const counter = decay(
        counters[name] ?? 0,
        this.#params.terms[name].halfLife,
        away,
        this.#params.decayToZero
      )

      if (counter > 0) {
        scored.add(name, counter, now)
      }
    }

    if (away > this.#retain || scored.clean) {
      this.#unwritten.add(id)

      return
    }

    this.#makeRoomForOne()
    this.#peers.set(id, scored)

    // what was crossed in an earlier run was told then
    const { score, state } = this.explain(peer)

    scored.state = state
    scored.lastScore = score
  }

  /** The one timer; it runs while there is a score. */
  #schedule(): void {
    if (this.#started && this.#timer == null && (this.#peers.size > 0 || this.#unwritten.size > 0)) {
      this.#timer = this.#clock.setTimeout(() => {
        this.#timer = undefined
        this.#sweep()
        this.#schedule()
      }, this.#sweepInterval)
    }
  }

  #sweep(): void {
    const now = this.#time.now()

    for (const [id, scored] of this.#peers) {
      this.#evaluate(scored, false)

      const kept = scored.linked || (!scored.clean && now - scored.lastSeen <= this.#retain)

      if (!kept) {
        this.#forgetAt(id)
      }
    }

    this.#write()
  }

  /** Writes follow one another. A datastore that fails costs what a restart would have known; the next sweep tries again. */
  #write(): void {
    const now = this.#time.now()
    const at = this.#clock.now()
    const scores = new Map<
      string,
      { counters: Partial<Record<PenaltyName, number>>; at: number } | undefined
    >()

    for (const id of this.#unwritten) {
      const scored = this.#peers.get(id)

      const counters = scored?.penalties(now)

      scores.set(id, counters == null || scored?.clean === true ? undefined : { counters, at })
    }

    this.#unwritten.clear()

    if (scores.size === 0) {
      return
    }

    this.#writes = this.#writes
      .then(async () => this.#store.write(scores))
      .catch((err: unknown) => {
        this.#log.error('could not write scores - %e', err)

        for (const id of scores.keys()) {
          this.#unwritten.add(id)
        }
      })
  }
}
