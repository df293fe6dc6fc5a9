import { peerIdFromString } from '@libp2p/peer-id'
import {
  MAX_OPINIONS,
  MAX_OPINIONS_PER_NEIGHBOUR,
  MIN_OPINIONS,
  NEUTRAL_OPINION,
  OPINION_TTL_MS
} from './constants.ts'
import type { PeerId } from '@libp2p/interface'

export interface OpinionsInit {
  /** Whose opinions count. */
  isNeighbour(peer: PeerId): boolean
  /** Milliseconds on the clock of the scores. */
  now(): number
  /** Neighbours it takes for opinions to count. @default 2 */
  minOpinions?: number
  /** @default 10_000 */
  maxOpinions?: number
  /** @default 1_000 */
  maxPerNeighbour?: number
  /** Milliseconds. @default 1_800_000 */
  ttl?: number
}

/** What a neighbour thinks of a peer: the fields of its `reputation:share`. */
export interface Opinion {
  nodeId: string
  /** 0 for the worst to 1 for the best. */
  score: number
  round: number
}

interface Entry {
  from: PeerId
  score: number
  round: number
  at: number
}

/**
 * What neighbours think of other peers. Each has one voice on each, whatever
 * it says and how often; what counts is the median, so that fewer than half of
 * the voices move nothing beyond what an honest one said.
 */
export class Opinions {
  readonly #init: OpinionsInit
  readonly #minOpinions: number
  readonly #maxOpinions: number
  readonly #maxPerNeighbour: number
  readonly #ttl: number
  /** By the peer that they are about, then by the neighbour that holds them. */
  readonly #opinions = new Map<string, Map<string, Entry>>()
  /** The peers that each neighbour has an opinion of, the oldest first. */
  readonly #targets = new Map<string, Set<string>>()
  #size = 0

  constructor(init: OpinionsInit) {
    this.#init = init
    this.#minOpinions = init.minOpinions ?? MIN_OPINIONS
    this.#maxOpinions = init.maxOpinions ?? MAX_OPINIONS
    this.#maxPerNeighbour = init.maxPerNeighbour ?? MAX_OPINIONS_PER_NEIGHBOUR
    this.#ttl = init.ttl ?? OPINION_TTL_MS
  }

  get size(): number {
    return this.#size
  }

  /** Notes what a neighbour says; `false` when it does not count. */
  note(from: PeerId, { nodeId, score, round }: Opinion): boolean {
    const target = canonical(nodeId)
    const voice = from.toString()

    if (
      target == null ||
      target === voice ||
      !(score >= 0 && score <= 1) ||
      !this.#init.isNeighbour(from) ||
      (this.#opinions.get(target)?.get(voice)?.round ?? -Infinity) > round
    ) {
      return false
    }

    this.#drop(target, voice)

    if (!this.#makeRoom(voice)) {
      return false
    }

    const voices = this.#opinions.get(target) ?? new Map<string, Entry>()
    const targets = this.#targets.get(voice) ?? new Set<string>()

    this.#opinions.set(target, voices.set(voice, { from, score, round, at: this.#init.now() }))
    this.#targets.set(voice, targets.add(target))
    this.#size++

    return true
  }

  /** Forgets what a peer thinks, which is no neighbour any more. */
  forget(from: PeerId): void {
    const voice = from.toString()

    for (const target of this.#targets.get(voice) ?? []) {
      this.#drop(target, voice)
    }
  }

  clear(): void {
    this.#opinions.clear()
    this.#targets.clear()
    this.#size = 0
  }

  /** How far the neighbours hold the peer to be below average: 0 for average and above, 1 for the worst. */
  shortfall(peer: PeerId): number {
    const since = this.#init.now() - this.#ttl
    const scores = [...(this.#opinions.get(peer.toString())?.values() ?? [])]
      .filter(({ from, at }) => at >= since && this.#init.isNeighbour(from))
      .map(({ score }) => score)

    return scores.length < this.#minOpinions
      ? 0
      : Math.max(0, (NEUTRAL_OPINION - median(scores)) / NEUTRAL_OPINION)
  }

  /** A neighbour makes room for its own opinions, never for those of others. */
  #makeRoom(voice: string): boolean {
    const targets = this.#targets.get(voice)

    if ((targets?.size ?? 0) < this.#maxPerNeighbour && this.#size < this.#maxOpinions) {
      return true
    }

    const [oldest] = targets ?? []

    if (oldest == null) {
      return false
    }

    this.#drop(oldest, voice)

    return true
  }

  #drop(target: string, voice: string): void {
    const voices = this.#opinions.get(target)
    const targets = this.#targets.get(voice)

    if (voices?.delete(voice) !== true) {
      return
    }

    this.#size--
    targets?.delete(target)

    if (voices.size === 0) {
      this.#opinions.delete(target)
    }

    if (targets?.size === 0) {
      this.#targets.delete(voice)
    }
  }
}

/** The value in the middle; of an even number the mean of the two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2

  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2
}

/** A PeerId in one form only, or a peer would have two records. */
function canonical(nodeId: string): string | undefined {
  try {
    return peerIdFromString(nodeId).toString()
  } catch {
    return undefined
  }
}
