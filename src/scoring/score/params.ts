import { InvalidParametersError } from '@libp2p/interface'
import { extreme, recoveryTime } from './arithmetic.ts'
import {
  BLACKLIST_THRESHOLD,
  DECAY_TO_ZERO,
  GRAYLIST_THRESHOLD,
  MAX_CAP,
  MAX_HALF_LIFE_MS,
  MAX_RECOVERY_MS
} from './constants.ts'
import {
  COUNTER_NAMES,
  DEFAULT_TERMS,
  isPenalty,
  PENALTY_NAMES,
  STANDING_TERMS,
  TERM_NAMES
} from './terms.ts'
import type { Thresholds } from './arithmetic.ts'
import type { CounterName, DecayingParams, TermName, TermParams, Terms } from './terms.ts'

export interface ScoreParams extends Thresholds {
  /** What is left of a counter below this is nothing. */
  decayToZero: number
  terms: Terms
}

/** Parameters of the score as an application gives them; what is left out has its default. */
export interface ScoreParamsInit {
  /** Score below which a peer's messages and models are ignored. @default -40 */
  graylist?: number
  /** Score below which a peer is blacklisted. @default -100 */
  blacklist?: number
  /** @default 0.01 */
  decayToZero?: number
  terms?: { [T in TermName]?: Partial<Terms[T]> }
}

/** Why parameters are refused. */
export interface ParamsFault {
  /** Which of them, such as `terms.rate.cap`. */
  path: string[]
  expected: string
}

/** Terms for which a peer gains. */
const GOODWILL = ['firstDeliveries', 'timeInLink'] as const satisfies TermName[]

/**
 * The parameters with their defaults.
 *
 * @throws {InvalidParametersError} when they could never punish a peer, or never let it recover; the message names the key
 */
export function resolveParams(init: ScoreParamsInit = {}): ScoreParams {
  const params = withDefaults(init)
  const [fault] = findFaults(params)

  if (fault != null) {
    throw new InvalidParametersError(`score.${fault.path.join('.')}: expected ${fault.expected}`)
  }

  return params
}

export function findFaults(params: ScoreParams): ParamsFault[] {
  const faults = [
    ...findThresholdFaults(params),
    ...TERM_NAMES.flatMap((name) => findTermFaults(name, params))
  ]

  // sums over parameters that are wrong by themselves would only confuse
  return faults.length > 0 ? faults : findSumFaults(params)
}

function withDefaults({ terms = {}, ...init }: ScoreParamsInit): ScoreParams {
  return {
    graylist: init.graylist ?? GRAYLIST_THRESHOLD,
    blacklist: init.blacklist ?? BLACKLIST_THRESHOLD,
    decayToZero: init.decayToZero ?? DECAY_TO_ZERO,
    // each name keeps its own kind of parameters
    terms: Object.fromEntries(
      TERM_NAMES.map((name) => [name, { ...DEFAULT_TERMS[name], ...terms[name] }])
    ) as unknown as Terms
  }
}

function findThresholdFaults({ graylist, blacklist, decayToZero }: ScoreParams): ParamsFault[] {
  const faults: ParamsFault[] = []

  if (!(graylist < 0 && Number.isFinite(graylist))) {
    faults.push({ path: ['graylist'], expected: 'a number below 0, or every peer is ignored from the start' })
  }

  if (!(blacklist < graylist && Number.isFinite(blacklist))) {
    faults.push({ path: ['blacklist'], expected: `a number below graylist (${graylist})` })
  }

  if (!(decayToZero > 0 && decayToZero < 1)) {
    faults.push({
      path: ['decayToZero'],
      expected: 'a number above 0, or nothing is ever forgotten, and below 1, or no offence is ever counted'
    })
  }

  return faults
}

function findTermFaults(name: TermName, { graylist, terms }: ScoreParams): ParamsFault[] {
  const { weight, threshold, cap }: TermParams = terms[name]
  const faults: ParamsFault[] = []
  const path = (key: string): string[] => ['terms', name, key]
  const earns = GOODWILL.some((goodwill) => goodwill === name)

  if (!Number.isFinite(weight) || (earns ? weight < 0 : weight > 0)) {
    faults.push({
      path: path('weight'),
      expected: earns ? 'a number from 0, for it rewards' : 'a number up to 0, for it punishes'
    })
  }

  if (!(threshold >= 0 && Number.isFinite(threshold))) {
    faults.push({ path: path('threshold'), expected: 'a number from 0' })
  }

  if (!(cap > threshold && cap <= MAX_CAP)) {
    faults.push({
      path: path('cap'),
      expected: `a number above the threshold (${threshold}), or the term never counts, and up to ${MAX_CAP}`
    })
  }

  if (isCounter(name)) {
    const { halfLife }: DecayingParams = terms[name]

    if (!(halfLife > 0 && halfLife <= MAX_HALF_LIFE_MS)) {
      faults.push({
        path: path('halfLife'),
        expected: `a time above 0 and up to ${MAX_HALF_LIFE_MS} ms, or a peer never recovers`
      })
    } else if (recoveryTime(name, terms[name], graylist) > MAX_RECOVERY_MS) {
      faults.push({
        path: path('halfLife'),
        expected: `a time in which a peer recovers from the cap (${cap}) within a week`
      })
    }
  }

  return faults
}

function findSumFaults({ graylist, blacklist, terms }: ScoreParams): ParamsFault[] {
  const sum = (names: readonly TermName[]): number =>
    names.reduce((total, name) => total + extreme(name, terms[name]), 0)
  const faults: ParamsFault[] = []

  if (sum(STANDING_TERMS) <= graylist) {
    faults.push({
      path: ['terms', 'opinion', 'weight'],
      expected: `the worst of opinion and colocation together (${sum(STANDING_TERMS)}) above graylist (${graylist}), or others decide on an honest peer, which can never recover`
    })
  }

  if (sum(GOODWILL) >= -graylist) {
    faults.push({
      path: ['terms', 'timeInLink', 'weight'],
      expected: `less to earn by timeInLink and firstDeliveries (${sum(GOODWILL)}) than it takes to be graylisted (${-graylist}), or a peer saves up for an attack`
    })
  }

  if (sum(PENALTY_NAMES) + sum(GOODWILL) >= blacklist) {
    faults.push({
      path: ['blacklist'],
      expected: `a score that a peer can reach: the worst of all penalties is ${sum(PENALTY_NAMES)}`
    })
  }

  return faults
}

function isCounter(name: TermName): name is CounterName {
  return isPenalty(name) || COUNTER_NAMES.some((counter) => counter === name)
}
