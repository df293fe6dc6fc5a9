import { wasSetBetween } from '../../lib/unset-clock.ts'
import { decay } from './arithmetic.ts'
import { MAX_SCORED_PEERS, RETAIN_SCORE_MS } from './constants.ts'
import { ScoreStore } from './score-store.ts'
import { ScoredPeer } from './scored-peer.ts'
import { PENALTY_NAMES } from './terms.ts'
import type { ScoreParams } from './params.ts'
import type { ScoreTime } from './score-time.ts'
import type { StoredScore } from './score-store.ts'
import type { MessageRate } from './scored-peer.ts'
import type { Clock } from '../../lib/clock.ts'
import type { ComponentLogger, Logger, PeerId } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'

export interface ScoreTableComponents {
  datastore: Datastore
  logger: ComponentLogger
  clock: Clock
  time: ScoreTime
}

export interface ScoreTableInit {
  params: ScoreParams & MessageRate
  /** Milliseconds for which a score is kept after the last link. @default 3_600_000 */
  retain?: number
  /** @default 10_000 */
  maxPeers?: number
}

/** What is counted of each peer: bounded, forgotten in time, and kept in the datastore. */
export class ScoreTable implements Iterable<ScoredPeer> {
  readonly #params: ScoreParams & MessageRate
  readonly #retain: number
  readonly #maxPeers: number
  readonly #clock: Clock
  readonly #time: ScoreTime
  readonly #store: ScoreStore
  readonly #log: Logger
  readonly #peers = new Map<string, ScoredPeer>()
  /** Peers whose stored score is not what it should be. */
  readonly #unwritten = new Set<string>()
  #writes: Promise<void> = Promise.resolve()

  constructor(components: ScoreTableComponents, init: ScoreTableInit) {
    this.#params = init.params
    this.#retain = init.retain ?? RETAIN_SCORE_MS
    this.#maxPeers = init.maxPeers ?? MAX_SCORED_PEERS
    this.#clock = components.clock
    this.#time = components.time
    this.#store = new ScoreStore(components.datastore)
    this.#log = components.logger.forComponent('nebula:score')
  }

  get size(): number {
    return this.#peers.size
  }

  /** Whether there is nothing to write and, in time, to forget. */
  get idle(): boolean {
    return this.#peers.size === 0 && this.#unwritten.size === 0
  }

  get(peer: PeerId): ScoredPeer | undefined {
    return this.#peers.get(peer.toString())
  }

  /** The peer's entry, made where there is none; another may have to make room. */
  obtain(peer: PeerId): ScoredPeer {
    return this.get(peer) ?? this.#add(new ScoredPeer(peer, this.#params, this.#time))
  }

  /** Begins anew with a peer that is known. */
  renew(peer: PeerId): ScoredPeer | undefined {
    const before = this.get(peer)

    if (before == null) {
      return undefined
    }

    const renewed = new ScoredPeer(peer, this.#params, this.#time)

    renewed.state = before.state

    if (before.linked) {
      renewed.link(this.#time.now())
    }

    this.#peers.set(peer.toString(), renewed)
    this.changed(peer)

    return renewed
  }

  /** What is held against the peer has changed, and is to be written. */
  changed(peer: PeerId): void {
    this.#unwritten.add(peer.toString())
  }

  /** Forgets who is neither linked nor has anything held against it, or was not heard of for too long. */
  forgetOld(): void {
    const now = this.#time.now()

    for (const [id, scored] of this.#peers) {
      if (!scored.linked && (scored.clean || now - scored.lastSeen > this.#retain)) {
        this.#forget(id)
      }
    }
  }

  /**
   * Adds what an earlier run has kept, and gives each entry that was added.
   *
   * @throws what the datastore throws
   */
  async *load(): AsyncGenerator<ScoredPeer> {
    for await (const stored of this.#store.load()) {
      const scored = this.#restore(stored)

      if (scored != null) {
        yield this.#add(scored)
      }
    }
  }

  /** Begins to write what has changed. A datastore that fails is written to again the next time. */
  write(): void {
    const now = this.#time.now()
    const at = this.#clock.now()
    const scores = new Map<string, Omit<StoredScore, 'peer'> | undefined>()

    for (const id of this.#unwritten) {
      const counters = this.#peers.get(id)?.penalties(now) ?? {}

      scores.set(id, Object.keys(counters).length === 0 ? undefined : { counters, at })
    }

    this.#unwritten.clear()

    if (scores.size > 0) {
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

  /** Writes what has changed and forgets all; resolves when it is written. */
  async close(): Promise<void> {
    this.write()
    this.#peers.clear()
    await this.#writes
  }

  [Symbol.iterator](): Iterator<ScoredPeer> {
    return this.#peers.values()
  }

  #add(scored: ScoredPeer): ScoredPeer {
    this.#makeRoomForOne()
    this.#peers.set(scored.peer.toString(), scored)

    return scored
  }

  #forget(id: string): void {
    this.#peers.delete(id)
    this.#unwritten.add(id)
  }

  /** Of the peers without a link the one with the best score goes. */
  #makeRoomForOne(): void {
    let best: { id: string; score: number } | undefined

    if (this.#peers.size < this.#maxPeers) {
      return
    }

    for (const [id, { linked, lastScore }] of this.#peers) {
      const score = linked ? -Infinity : lastScore

      best = best == null || score > best.score ? { id, score } : best
    }

    if (best != null) {
      this.#forget(best.id)
    }
  }

  /** The entry, decayed by the time between the runs; undefined where nothing is left, or it was kept long enough. */
  #restore({ peer, counters, at }: StoredScore): ScoredPeer | undefined {
    const { terms, decayToZero } = this.#params
    const wall = this.#clock.now()
    const away = wasSetBetween(at, wall) ? 0 : Math.max(0, wall - at)
    const now = this.#time.now()
    const scored = new ScoredPeer(peer, this.#params, this.#time)

    if (this.get(peer) != null) {
      return undefined
    }

    for (const name of PENALTY_NAMES) {
      const counter = decay(counters[name] ?? 0, terms[name].halfLife, away, decayToZero)

      if (counter > 0) {
        scored.add(name, counter, now)
      }
    }

    if (away > this.#retain || scored.clean) {
      this.changed(peer)

      return undefined
    }

    return scored
  }
}
