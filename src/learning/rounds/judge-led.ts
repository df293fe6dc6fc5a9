import type { Leadership } from './leadership.ts'
import type { Roster } from './roster.ts'
import type { Election, Message, Refusal } from './types.ts'

export interface LedView {
  direct: ReadonlySet<string>
  roster: Roster
  leadership: Leadership
  rounds: number
}

export function isElection<M>(message: Message<M>): message is Election {
  return ['transfer', 'candidate', 'vote', 'leader'].includes(message.type)
}

/** Why a message does not count where one node leads, if it does not. */
export function judgeLed<M>(message: Message<M>, from: string, view: LedView): Refusal | undefined {
  const { direct, roster, leadership, rounds } = view

  if (!direct.has(from) || (message.origin !== from && !roster.has(message.origin))) {
    return 'unknown-peer'
  }

  if (message.type === 'aggregate') {
    return 'wrong-kind'
  }

  if (isElection(message)) {
    return leadership.mayLead(message.origin) && leadership.isPossible(message.term)
      ? undefined
      : 'not-leader'
  }

  if (!Number.isSafeInteger(message.round) || message.round < -1 || message.round > rounds) {
    return 'no-such-round'
  }

  if (message.type === 'aggregate-request') {
    return message.origin === from ? undefined : 'not-its-own'
  }

  if (message.type === 'update') {
    return message.term == null || leadership.isPossible(message.term) ? undefined : 'not-leader'
  }

  return message.type === 'result' ? judgeResult(message, leadership) : undefined
}

/** Only of who leads, or has come to lead while this node did not hear of it. */
function judgeResult<M>(
  { origin, term, made, round }: Extract<Message<M>, { type: 'result' }>,
  leadership: Leadership
): Refusal | undefined {
  if (round < 0 || !Number.isSafeInteger(made) || made < 0 || made > term || !leadership.isPossible(term)) {
    return 'no-such-round'
  }

  if (term < leadership.term) {
    return 'old'
  }

  const leads = term === leadership.term ? origin === leadership.leader : leadership.mayLead(origin)

  return leads ? undefined : 'not-leader'
}
