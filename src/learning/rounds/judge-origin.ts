import type { Roster } from './roster.ts'
import type { Message, Refusal } from './types.ts'

/** Whether a message comes from who says it, and may be of that round. */
export function judgeOrigin<M>(
  message: Extract<Message<M>, { round: number }>,
  from: string,
  roster: Roster,
  rounds: number
): Refusal | undefined {
  const { origin, round } = message

  if (!roster.has(from)) {
    return 'unknown-peer'
  }

  if (origin !== from) {
    return 'not-its-own'
  }

  return Number.isSafeInteger(round) && round >= -1 && round <= rounds ? undefined : 'no-such-round'
}
