/**
 * The state that two peers share, as one end sees it, without streams, timers
 * or policy: `step(state, input)` gives the next state and what is to be done.
 * `README.md` has the table of transitions and the reasons for each rule.
 */
import type { Goodbye, Change, Changed, Reason, Welcome } from './types.ts'

export interface PairLink {
  /** The handshake stream that made the link and lives as long as it does. */
  stream: string
  direct: boolean
  direction: 'inbound' | 'outbound'
  /** The peer's newest attempt when the link was made: a later one shows that the peer has lost the link. */
  bound: bigint
  /** Our change that the peer has not answered. */
  change?: { id: number; direct: boolean }
}

export interface PairAttempt {
  stream: string
  number: bigint
  direct: boolean
}

export interface PairState {
  /** Whether our PeerId is the lower of the two, by bytes. Fixed for the pair. */
  readonly lower: boolean
  readonly link?: PairLink
  readonly attempt?: PairAttempt
}

export type PairInput =
  | { type: 'dial'; stream: string; attempt: bigint; direct: boolean }
  /** `newest` is the number of this node's newest attempt, to whomever. */
  | { type: 'hello'; stream: string; attempt: bigint; direct: boolean; newest: bigint; refusal?: Reason }
  | { type: 'welcome'; stream: string; welcome: Welcome }
  | { type: 'propose'; id: number; direct: boolean }
  | { type: 'change'; stream: string; change: Change; refusal?: Reason }
  | { type: 'changed'; stream: string; changed: Changed }
  /** `silent`: the peer is not told, it sees the stream end. */
  | { type: 'leave'; reason: Reason; silent?: boolean }
  | { type: 'goodbye'; stream: string; goodbye: Goodbye }
  | { type: 'ended'; stream: string }
  /** A frame that cannot be read, or that is of a kind which has no place on the stream. */
  | { type: 'violation'; stream: string }

export type AttemptOutcome =
  | { result: 'refused'; reason: Reason }
  /** The peer's own attempt goes first; its link is about to come. */
  | { result: 'pending' }
  /** The peer has a link that this end has already lost; it will notice. */
  | { result: 'stale' }
  | { result: 'failed' }

export type CloseCause = 'left' | 'goodbye' | 'ended' | 'replaced' | 'violation'

export type PairOutput =
  | { type: 'hello'; stream: string; attempt: bigint; direct: boolean }
  | { type: 'send'; stream: string; frame: Welcome | Change | Changed | Goodbye }
  /** Close our side once what was sent has left. */
  | { type: 'finish'; stream: string }
  | { type: 'abort'; stream: string; violation: boolean }
  | { type: 'opened'; link: PairLink }
  | { type: 'closed'; link: PairLink; cause: CloseCause; reason: Reason }
  | { type: 'direct'; link: PairLink }
  | { type: 'settled'; id: number; accepted: boolean; reason: Reason }
  | { type: 'attempted'; outcome: AttemptOutcome }

export interface PairStep {
  state: PairState
  outputs: PairOutput[]
}

export function step(state: PairState, input: PairInput): PairStep {
  switch (input.type) {
    case 'dial':
      return onDial(state, input)
    case 'hello':
      return onHello(state, input)
    case 'welcome':
      return onWelcome(state, input)
    case 'propose':
      return onPropose(state, input)
    case 'change':
      return onChange(state, input)
    case 'changed':
      return onChanged(state, input)
    case 'leave':
      return onLeave(state, input)
    case 'goodbye':
      return onGoodbye(state, input)
    case 'ended':
      return without(state, input.stream, 'ended')
    case 'violation':
      return violationOn(state, input.stream)
  }
}

function onDial(state: PairState, input: PairInput & { type: 'dial' }): PairStep {
  if (state.link != null || state.attempt != null) {
    throw new TypeError('dial needs a pair with neither link nor attempt')
  }

  const { stream, attempt, direct } = input

  return {
    state: { ...state, attempt: { stream, number: attempt, direct } },
    outputs: [{ type: 'hello', stream, attempt, direct }]
  }
}

function onHello(state: PairState, input: PairInput & { type: 'hello' }): PairStep {
  const { stream, attempt, direct, newest } = input
  const outputs: PairOutput[] = []
  const answer = (status: Welcome['status'], reason: Reason = 'UNSPECIFIED'): PairStep => ({
    state,
    outputs: [...outputs, welcome(stream, status, reason, newest, direct), { type: 'finish', stream }]
  })

  if (state.link != null) {
    if (attempt <= state.link.bound) {
      return answer('EXISTS')
    }

    // begun after the link was made: the peer would not dial if it still had it
    outputs.push(abort(state.link.stream), closed(state.link, 'replaced', 'UNSPECIFIED'))
    state = { ...state, link: undefined }
  }

  if (input.refusal != null) {
    return answer('CLOSE', input.refusal)
  }

  if (state.attempt != null) {
    if (state.lower) {
      return answer('PENDING')
    }

    outputs.push(abort(state.attempt.stream))
  }

  const link: PairLink = { stream, direct, direction: 'inbound', bound: attempt }

  return {
    state: { ...state, attempt: undefined, link },
    outputs: [...outputs, welcome(stream, 'NEW', 'UNSPECIFIED', newest, direct), { type: 'opened', link }]
  }
}

function onWelcome(state: PairState, input: PairInput & { type: 'welcome' }): PairStep {
  const { stream, welcome: answer } = input

  if (state.attempt?.stream !== stream) {
    return violationOn(state, stream)
  }

  const { direct } = state.attempt
  const next: PairState = { ...state, attempt: undefined }
  const over = (outcome: AttemptOutcome): PairStep => ({
    state: next,
    outputs: [
      { type: 'finish', stream },
      { type: 'attempted', outcome }
    ]
  })

  switch (answer.status) {
    case 'NEW': {
      if (answer.direct !== direct) {
        return {
          state: next,
          outputs: [abort(stream, true), { type: 'attempted', outcome: { result: 'failed' } }]
        }
      }

      const link: PairLink = { stream, direct, direction: 'outbound', bound: answer.attempt }

      return { state: { ...next, link }, outputs: [{ type: 'opened', link }] }
    }
    case 'EXISTS':
      return over({ result: 'stale' })
    case 'PENDING':
      return over({ result: 'pending' })
    case 'CLOSE':
      return over({ result: 'refused', reason: answer.reason })
  }
}

function onPropose(state: PairState, input: PairInput & { type: 'propose' }): PairStep {
  const { link } = state

  const { id, direct } = input

  if (link == null || link.change != null || link.direct === direct) {
    throw new TypeError('propose needs a link of the other kind without a change under way')
  }

  return {
    state: { ...state, link: { ...link, change: { id, direct } } },
    outputs: [{ type: 'send', stream: link.stream, frame: { type: 'change', id, direct } }]
  }
}

function onChange(state: PairState, input: PairInput & { type: 'change' }): PairStep {
  const { stream, change } = input
  const { link } = state

  if (link?.stream !== stream) {
    return violationOn(state, stream)
  }

  // Both ends see the same kind of link while no answer is under way, so
  // changes that cross ask for the same kind, and neither can refuse the other.
  if (link.change != null && link.change.direct !== change.direct) {
    return violationOn(state, stream)
  }

  if (link.change == null && input.refusal != null && change.direct !== link.direct) {
    return { state, outputs: [answerChange(stream, change, false, input.refusal)] }
  }

  const next = { ...link, direct: change.direct }

  return {
    state: { ...state, link: next },
    outputs: [answerChange(stream, change, true), ...directOutput(link, next)]
  }
}

function onChanged(state: PairState, input: PairInput & { type: 'changed' }): PairStep {
  const { stream, changed } = input
  const { link } = state

  if (link?.stream !== stream || link.change?.id !== changed.id) {
    return violationOn(state, stream)
  }

  const next = {
    ...link,
    direct: changed.accepted ? link.change.direct : link.direct,
    change: undefined
  }

  return {
    state: { ...state, link: next },
    outputs: [
      ...directOutput(link, next),
      { type: 'settled', id: changed.id, accepted: changed.accepted, reason: changed.reason }
    ]
  }
}

function onLeave(state: PairState, input: PairInput & { type: 'leave' }): PairStep {
  const { link, attempt } = state
  const { reason } = input
  const outputs: PairOutput[] = []

  if (attempt != null) {
    outputs.push(abort(attempt.stream), { type: 'attempted', outcome: { result: 'failed' } })
  }

  if (link != null) {
    outputs.push(
      ...(input.silent === true
        ? [abort(link.stream)]
        : [
            { type: 'send' as const, stream: link.stream, frame: { type: 'goodbye' as const, reason } },
            { type: 'finish' as const, stream: link.stream }
          ]),
      closed(link, 'left', reason)
    )
  }

  return { state: { ...state, link: undefined, attempt: undefined }, outputs }
}

function onGoodbye(state: PairState, input: PairInput & { type: 'goodbye' }): PairStep {
  const { stream, goodbye } = input
  const { link } = state

  if (link?.stream !== stream) {
    return violationOn(state, stream)
  }

  return {
    state: { ...state, link: undefined },
    outputs: [{ type: 'finish', stream }, closed(link, 'goodbye', goodbye.reason)]
  }
}

/** A frame that has no place: the stream, and what it carried, is given up. */
function violationOn(state: PairState, stream: string): PairStep {
  const { state: next, outputs } = without(state, stream, 'violation')

  return { state: next, outputs: [abort(stream, true), ...outputs] }
}

function without(state: PairState, stream: string, cause: CloseCause): PairStep {
  if (state.link?.stream === stream) {
    return { state: { ...state, link: undefined }, outputs: [closed(state.link, cause, 'UNSPECIFIED')] }
  }

  if (state.attempt?.stream === stream) {
    return {
      state: { ...state, attempt: undefined },
      outputs: [{ type: 'attempted', outcome: { result: 'failed' } }]
    }
  }

  return { state, outputs: [] }
}

function welcome(
  stream: string,
  status: Welcome['status'],
  reason: Reason,
  newest: bigint,
  direct: boolean
): PairOutput {
  return { type: 'send', stream, frame: { type: 'welcome', status, reason, attempt: newest, direct } }
}

function answerChange(
  stream: string,
  change: Change,
  accepted: boolean,
  reason: Reason = 'UNSPECIFIED'
): PairOutput {
  return { type: 'send', stream, frame: { type: 'changed', id: change.id, accepted, reason } }
}

function directOutput(before: PairLink, after: PairLink): PairOutput[] {
  return before.direct === after.direct ? [] : [{ type: 'direct', link: after }]
}

function abort(stream: string, violation = false): PairOutput {
  return { type: 'abort', stream, violation }
}

function closed(link: PairLink, cause: CloseCause, reason: Reason): PairOutput {
  return { type: 'closed', link, cause, reason }
}
