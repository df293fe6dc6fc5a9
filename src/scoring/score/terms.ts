/**
 * The terms of a peer's score: what each counts, and what it costs by default.
 * `src/scoring/README.md` has the reasons for the numbers.
 */
const SECOND = 1_000
const MINUTE = 60 * SECOND

/** Of one term; `contribution()` says how they are used. */
export interface TermParams {
  /** What one unit above the threshold adds to the score: negative for a penalty, 0 for a term that is off. */
  weight: number
  /** Units that count nothing. */
  threshold: number
  /** Units above which the counter does not grow, so that there is always a way back. */
  cap: number
}

/** Of a term whose counter grows with what a peer does, and shrinks with time. */
export interface DecayingParams extends TermParams {
  /** Milliseconds in which the counter shrinks to half. */
  halfLife: number
}

/**
 * What a peer does wrong. The first six no correct peer ever does: once is
 * enough to be blacklisted. The others happen to honest peers too, on bad
 * links and under load: it takes many in a short time.
 */
export const PENALTIES = {
  /** A signature that is not its signer's, or is missing, on a message or a model's header. */
  badSignature: { weight: -120, threshold: 0, cap: 2, halfLife: 10 * MINUTE },
  /** Bytes that are no frame, envelope or message, or have no place where they came. */
  invalidMessage: { weight: -120, threshold: 0, cap: 2, halfLife: 10 * MINUTE },
  /** A handshake that breaks its protocol. */
  handshake: { weight: -120, threshold: 0, cap: 2, halfLife: 10 * MINUTE },
  /** A frame above its limit. */
  oversize: { weight: -120, threshold: 0, cap: 2, halfLife: 10 * MINUTE },
  /** A chunk that is not what the model's header says. */
  invalidChunk: { weight: -120, threshold: 0, cap: 2, halfLife: 10 * MINUTE },
  /** A payload that decompresses to more than its header says; charged to the origin that signed it. */
  bomb: { weight: -120, threshold: 0, cap: 2, halfLife: 10 * MINUTE },
  /** A frame that was begun and not finished, or a write that the peer did not take, in time. */
  slow: { weight: -8, threshold: 1, cap: 6, halfLife: 10 * MINUTE },
  /** A transfer that failed or stood still. */
  transfer: { weight: -3, threshold: 4, cap: 12, halfLife: 10 * MINUTE },
  /** An attempt whose Hello did not come in time. */
  halfOpen: { weight: -3, threshold: 4, cap: 12, halfLife: 5 * MINUTE },
  /** A message that this very peer had sent before, or that is this node's own. */
  duplicates: { weight: -1, threshold: 5, cap: 19, halfLife: MINUTE },
  /** A connection, a stream or a message above the rate that a peer may have. */
  rate: { weight: -0.04, threshold: 50, cap: 120, halfLife: 30 * SECOND },
  /** A link that the peer let go, or lost, soon after it was made; an attempt that is refused for coming too soon or too often. */
  flapping: { weight: -1, threshold: 10, cap: 24, halfLife: 2 * MINUTE }
} as const satisfies Record<string, DecayingParams>

export type PenaltyName = keyof typeof PENALTIES

/** Penalties that grow with the square of what is above the threshold: a few are chance, many are an attack. */
const SQUARED: ReadonlySet<string> = new Set<PenaltyName | 'colocation'>([
  'slow',
  'transfer',
  'halfOpen',
  'duplicates',
  'rate',
  'flapping',
  'colocation'
])

/** Messages that this node had not seen. */
export const FIRST_DELIVERIES: DecayingParams = {
  weight: 0.05,
  threshold: 0,
  cap: 100,
  halfLife: 10 * MINUTE
}

/** Minutes for which the link has been open. */
export const TIME_IN_LINK: TermParams = { weight: 0.5, threshold: 0, cap: 10 }

/** Peers at the same IP address. The cap keeps a NAT from costing its nodes more than a warning. */
export const COLOCATION: TermParams = { weight: -0.9, threshold: 10, cap: 14 }

/** How far neighbours hold the peer to be below average: 0 for average and above, 1 for the worst. */
export const OPINION: TermParams = { weight: -20, threshold: 0, cap: 1 }

/** Terms with a counter that decays. */
export type CounterName = PenaltyName | 'firstDeliveries'

export type TermName = CounterName | 'timeInLink' | 'colocation' | 'opinion'

export type Terms = Record<CounterName, DecayingParams> & Record<Exclude<TermName, CounterName>, TermParams>

export const PENALTY_NAMES = Object.keys(PENALTIES) as PenaltyName[]

export const COUNTER_NAMES: readonly CounterName[] = [...PENALTY_NAMES, 'firstDeliveries']

export const TERM_NAMES: readonly TermName[] = [...COUNTER_NAMES, 'timeInLink', 'colocation', 'opinion']

/** Terms that depend on others, not on what the peer itself does. */
export const STANDING_TERMS = ['colocation', 'opinion'] as const satisfies TermName[]

export const DEFAULT_TERMS: Terms = {
  ...PENALTIES,
  firstDeliveries: FIRST_DELIVERIES,
  timeInLink: TIME_IN_LINK,
  colocation: COLOCATION,
  opinion: OPINION
}

export function isSquared(name: TermName): boolean {
  return SQUARED.has(name)
}

export function isPenalty(name: TermName): name is PenaltyName {
  return Object.hasOwn(PENALTIES, name)
}
