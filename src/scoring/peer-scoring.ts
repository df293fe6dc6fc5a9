import { FLAP_WITHIN_MS } from './score/constants.ts'
import { faultOf } from '../../protocols/errors.ts'
import { IpColocation, Opinions, PeerScores } from './score/index.ts'
import type { ScoreExplanation, ScoreParamsInit } from './score/index.ts'
import type { Clock } from '../lib/clock.ts'
import type { LinkCloseReason, ReceivedMessage } from '../interface.ts'
import type { ComponentLogger, Libp2pEvents, PeerId, Startable, TypedEventTarget } from '@libp2p/interface'
import type { ConnectionManager } from '@libp2p/interface-internal'
import type { Datastore } from 'interface-datastore'

export interface PeerScoringComponents {
  datastore: Datastore
  connectionManager: ConnectionManager
  events: TypedEventTarget<Libp2pEvents>
  logger: ComponentLogger
}

/** Options of the score; times are milliseconds. */
export interface ScoreInit extends ScoreParamsInit {
  /** For how long a score is kept after the last link. @default 3_600_000 */
  retain?: number
  /** Peers whose score is kept. @default 10_000 */
  maxPeers?: number
  /** Time between two looks at all scores. @default 5_000 */
  sweepInterval?: number
  /** Messages that a peer may send in a second for long. @default 10_000 */
  maxMessageRate?: number
  /** Messages that a peer may send at once. @default null, ten seconds of `maxMessageRate` */
  maxMessageBurst?: number | null
  /** A link that the peer ends sooner counts as flapping. @default 30_000 */
  flapWithin?: number
  /** IP addresses and subnets that any number of peers may share. @default loopback, private networks, carriers' NATs */
  colocationExempt?: string[]
  /** Neighbours it takes for their opinions to count. @default 2 */
  minOpinions?: number
  /** Opinions kept of all neighbours. @default 10_000 */
  maxOpinions?: number
  /** Opinions kept of one neighbour. @default 1_000 */
  maxOpinionsPerNeighbour?: number
  /** How long an opinion counts that is not given again. @default 1_800_000 */
  opinionTtl?: number
}

export interface PeerScoringInit extends ScoreInit {
  clock?: Clock
  isNeighbour(peer: PeerId): boolean
  isBlacklisted(peer: PeerId): boolean
  /** Shuts a peer out whose score is below the threshold. */
  onBlacklist(peer: PeerId, reason: string): void
  onGraylisted(explanation: ScoreExplanation): void
  onRecovered(explanation: ScoreExplanation): void
}

/** Links that end like this were not ended by this node. */
const LEFT: ReadonlySet<LinkCloseReason> = new Set(['remote', 'connection-lost', 'replaced'])

/** Terms named in the reason of a blacklisting. */
const MAX_REASON_TERMS = 3

/** Turns what the other parts see of a peer into its score. */
export class PeerScoring implements Startable {
  readonly scores: PeerScores
  readonly #opinions: Opinions
  readonly #colocation: IpColocation
  readonly #flapWithin: number

  /** @throws {InvalidParametersError} when the score could never punish a peer, or never let it recover */
  constructor(components: PeerScoringComponents, init: PeerScoringInit) {
    this.#flapWithin = init.flapWithin ?? FLAP_WITHIN_MS
    this.#colocation = new IpColocation(components, { exempt: init.colocationExempt })
    this.#opinions = new Opinions({
      isNeighbour: init.isNeighbour,
      now: () => this.scores.now(),
      minOpinions: init.minOpinions,
      maxOpinions: init.maxOpinions,
      maxPerNeighbour: init.maxOpinionsPerNeighbour,
      ttl: init.opinionTtl
    })
    this.scores = new PeerScores(components, {
      ...init,
      standing: (peer) => ({
        colocation: this.#colocation.count(peer),
        opinion: this.#opinions.shortfall(peer)
      }),
      onBlacklist: (explanation) => init.onBlacklist(explanation.peer, reasonOf(explanation))
    })
  }

  /** Reads the scores of an earlier run; to be called before a connection can come in. */
  async load(): Promise<void> {
    await this.scores.load()
  }

  start(): void {
    this.#colocation.start()
    this.scores.start()
  }

  async stop(): Promise<void> {
    this.#colocation.stop()
    this.#opinions.clear()
    await this.scores.stop()
  }

  /** A peer broke a protocol, or was slow. An error that is not its doing costs it nothing. */
  onOffence(peer: PeerId, error: Error): void {
    const fault = faultOf(error)

    if (fault != null) {
      this.scores.record(peer, fault)
    }
  }

  onLinkOpen(peer: PeerId): void {
    this.scores.linked(peer)
  }

  onLinkClose(peer: PeerId, reason: LinkCloseReason): void {
    const openFor = this.scores.unlinked(peer)

    this.#opinions.forget(peer)

    if (LEFT.has(reason) && openFor < this.#flapWithin) {
      this.scores.record(peer, 'flapping')
    }
  }

  /** A message was dispatched; it may say what a neighbour thinks of others. */
  onMessage({ source, from, message }: ReceivedMessage): void {
    this.scores.record(from, 'firstDeliveries')

    if (message.type === 'reputation') {
      this.#opinions.note(source, message.fields)
    }
  }
}

/** The score, and the terms that weigh most. */
export function reasonOf({ score, terms }: Pick<ScoreExplanation, 'score' | 'terms'>): string {
  const worst = terms
    .filter((term) => term.contribution < 0)
    .sort((a, b) => a.contribution - b.contribution)
    .slice(0, MAX_REASON_TERMS)
    .map((term) => `${term.name} ${round(term.contribution)}`)

  return `score ${round(score)}: ${worst.join(', ')}`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
