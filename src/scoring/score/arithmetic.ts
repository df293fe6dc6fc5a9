/** The arithmetic of the score: functions of numbers, without state or time of their own. */
import { isSquared, TERM_NAMES } from './terms.ts'
import type { DecayingParams, TermName, TermParams, Terms } from './terms.ts'

export interface Thresholds {
  /** Below it a peer's messages and models are ignored. */
  graylist: number
  /** Below it a peer is blacklisted. */
  blacklist: number
}

export type ScoreState = 'good' | 'graylisted' | 'blacklisted'

/** What the terms have counted; one that is left out has counted nothing. */
export type Counters = Partial<Record<TermName, number>>

/** What one term does to a score. */
export interface TermScore {
  name: TermName
  /** What has been counted, after decay. */
  counter: number
  threshold: number
  cap: number
  weight: number
  /** What the term adds to the score. */
  contribution: number
}

/**
 * What is left of a counter after a time.
 *
 * @param elapsed - milliseconds; a negative time counts as none
 * @param floor - below it the counter is 0
 */
export function decay(counter: number, halfLife: number, elapsed: number, floor: number): number {
  const left = elapsed > 0 ? counter * 2 ** (-elapsed / halfLife) : counter

  return left < floor ? 0 : left
}

/** A counter to which something is added; the order in which things are added within one tick changes nothing. */
export function add(counter: number, count: number, cap: number): number {
  return Math.min(counter + count, cap)
}

/** What a term adds to the score: its weight for each unit, or each unit squared, between threshold and cap. */
export function contribution(name: TermName, counter: number, params: TermParams): number {
  const excess = Math.max(0, Math.min(counter, params.cap) - params.threshold)

  // the product of nothing and a negative weight is -0
  return excess === 0 ? 0 : params.weight * (isSquared(name) ? excess * excess : excess)
}

/** The most that a term can do, in whichever direction. */
export function extreme(name: TermName, params: TermParams): number {
  return contribution(name, params.cap, params)
}

/**
 * How long a term that has counted up to its cap holds a score below the graylist by itself, in milliseconds.
 */
export function recoveryTime(name: TermName, params: DecayingParams, graylist: number): number {
  const share = graylist / params.weight
  const tolerated = params.threshold + (isSquared(name) ? Math.sqrt(share) : share)

  return params.weight < 0 && params.cap > tolerated ? params.halfLife * Math.log2(params.cap / tolerated) : 0
}

/** The score alone. */
export function totalScore(counters: Counters, terms: Terms): number {
  return TERM_NAMES.reduce((sum, name) => sum + contribution(name, counters[name] ?? 0, terms[name]), 0)
}

/** The score, and the terms that it is the sum of. */
export function computeScore(counters: Counters, terms: Terms): { score: number; terms: TermScore[] } {
  const scores = TERM_NAMES.map((name): TermScore => {
    const { weight, threshold, cap } = terms[name]
    const counter = counters[name] ?? 0

    return { name, counter, threshold, cap, weight, contribution: contribution(name, counter, terms[name]) }
  })

  return { score: scores.reduce((sum, term) => sum + term.contribution, 0), terms: scores }
}

export function stateOf(score: number, { graylist, blacklist }: Thresholds): ScoreState {
  if (score < blacklist) {
    return 'blacklisted'
  }

  return score < graylist ? 'graylisted' : 'good'
}
