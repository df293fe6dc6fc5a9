import { TokenBucket } from '../lib/token-bucket.ts'
import { NEW_DIALS_AT_ONCE, NEW_DIALS_PER_SECOND } from './constants.ts'
import type { JoinTarget } from './join-target.ts'
import type { Clock } from '../lib/clock.ts'

export interface NewDialsInit {
  /** Dials in a second of found peers that were never linked, after `newDialsAtOnce`. @default 8 */
  newDialsPerSecond?: number
  /** @default 64 */
  newDialsAtOnce?: number
}

/** How often peers are dialled of which nothing is known but what somebody announced. */
export class NewDials {
  readonly #bucket: TokenBucket

  constructor(clock: Clock, init: NewDialsInit) {
    this.#bucket = new TokenBucket(clock, {
      burst: init.newDialsAtOnce ?? NEW_DIALS_AT_ONCE,
      perSecond: init.newDialsPerSecond ?? NEW_DIALS_PER_SECOND
    })
  }

  /** Whether the target may be dialled now; if so, it counts as dialled. */
  take(target: JoinTarget): boolean {
    return target.given || target.proven || this.#bucket.take()
  }
}
