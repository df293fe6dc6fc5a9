import { KeyedLimiter } from '../lib/keyed-limiter.ts'
import { perMinute, TokenBucket } from '../lib/token-bucket.ts'
import {
  LINK_MESSAGE_RETRY_MS,
  MAX_LINK_MESSAGE_DIALS_PER_HOST,
  MAX_LINK_MESSAGE_DIALS_PER_MINUTE
} from './constants.ts'
import type { Clock } from '../lib/clock.ts'

export interface ToldDialsInit {
  /** Dials in a minute that `link` messages of all peers may cause. @default 60 */
  maxLinkMessageDialsPerMinute?: number
  /** Of those, dials of one host in a minute that make no link. @default 16 */
  maxLinkMessageDialsPerHost?: number
  /** Milliseconds before a target that could not be linked is tried again. @default 60_000 */
  linkMessageRetryDelay?: number
}

/**
 * Whether a target is tried, is being tried for somebody else, or must not be
 * tried now: because of what became of it and its host, or because so much is
 * dialled for others.
 */
export type Turn = 'try' | 'under-way' | 'refused' | 'spent'

/**
 * Bounds the dials that `link` messages cause, whoever sends them: identities
 * cost nothing, so that a bound for each peer alone would let a few of them aim
 * this node at anybody. A link gives its host's dial back, for many members may
 * share a machine; what reaches nobody does not.
 */
export class ToldDials {
  readonly #clock: Clock
  readonly #retryDelay: number
  readonly #all: TokenBucket
  readonly #hosts: KeyedLimiter
  /** When a target may be tried again, in the order of the tries; those under way never. */
  readonly #tried = new Map<string, number>()

  constructor(clock: Clock, init: ToldDialsInit = {}) {
    this.#clock = clock
    this.#retryDelay = init.linkMessageRetryDelay ?? LINK_MESSAGE_RETRY_MS
    this.#all = new TokenBucket(
      clock,
      perMinute(init.maxLinkMessageDialsPerMinute ?? MAX_LINK_MESSAGE_DIALS_PER_MINUTE)
    )
    this.#hosts = new KeyedLimiter(
      clock,
      perMinute(init.maxLinkMessageDialsPerHost ?? MAX_LINK_MESSAGE_DIALS_PER_HOST)
    )
  }

  /** @param host - whom a dial goes to; nobody, when none is needed */
  begin(target: string, host?: string): Turn {
    this.#forget()

    const tried = this.#tried.get(target)

    if (tried != null) {
      return tried === Infinity ? 'under-way' : 'refused'
    }

    const turn = host == null ? 'try' : this.#take(host)

    if (turn === 'try') {
      this.#tried.set(target, Infinity)
    }

    return turn
  }

  /** To be called once for each try. */
  end(target: string, host: string | undefined, linked: boolean): void {
    this.#tried.delete(target)

    if (!linked) {
      this.#tried.set(target, this.#clock.now() + this.#retryDelay)
    } else if (host != null) {
      this.#hosts.giveBack(host)
    }
  }

  #take(host: string): 'try' | 'refused' | 'spent' {
    if (!this.#hosts.take(host)) {
      return 'refused'
    }

    if (!this.#all.take()) {
      this.#hosts.giveBack(host)

      return 'spent'
    }

    return 'try'
  }

  /** The map grows by what is dialled only, which is bounded, and loses what says nothing any more. */
  #forget(): void {
    const now = this.#clock.now()

    for (const [target, until] of this.#tried) {
      // also when the clock was set back: nothing is kept for longer than it is meant to be
      if (until !== Infinity && (until <= now || until > now + this.#retryDelay)) {
        this.#tried.delete(target)
      }
    }
  }
}
