import { MAX_PEERS } from './constants.ts'
import { Leadership } from './leadership.ts'
import type { RoundOptions } from './types.ts'

export interface LedOptions extends RoundOptions {
  /** CFL: one server always leads, and does not train. SDFL: the leader trains too, and leadership is transferred after each round. */
  kind: 'CFL' | 'SDFL'
  /** The server, or the first leader. */
  leader: string
  /**
   * SDFL: those that vote and may lead, the same at every node; a node that comes
   * late is not among them. At most 256.
   */
  voters?: readonly string[]
  /** `proxy` only passes on, `idle` does not even that; both follow the leader's results. @default it trains */
  role?: 'proxy' | 'idle'
  /** Milliseconds after a round's deadline within which the leader's result has to come. @default 360_000 */
  resultTimeout?: number
  /** Milliseconds within which a node that is to lead says that it does. @default 10_000 */
  transferTimeout?: number
  /** Milliseconds that an election takes. @default 5_000 */
  electionTimeout?: number
}

/** @throws {RangeError} when there are more voters than there may be, or nobody of them leads first */
export function leadershipOf(options: LedOptions): Leadership {
  const { self, kind, leader, voters = [], transferTimeout, electionTimeout } = options

  if (voters.length > MAX_PEERS) {
    throw new RangeError(`There are ${voters.length} voters, and may be ${MAX_PEERS}`)
  }

  if (kind === 'SDFL' && !voters.includes(leader)) {
    throw new RangeError(`The first leader ${leader} is not among the voters`)
  }

  return new Leadership({
    self,
    first: leader,
    voters: kind === 'CFL' ? [] : voters,
    transferTimeout,
    electionTimeout
  })
}
