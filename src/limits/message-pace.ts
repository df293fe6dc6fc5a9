import { perSecond, TokenBucket } from '../lib/token-bucket.ts'
import { MAX_HELD_BACK_MS, MAX_MESSAGE_BYTES_PER_SECOND, MAX_MESSAGES_PER_SECOND } from './constants.ts'
import type { Clock } from '../lib/clock.ts'

export interface MessagePaceInit {
  /** @default 1_000_000 */
  maxMessagesPerSecond?: number
  /** @default 1 GiB */
  maxBytesPerSecond?: number
  /** Milliseconds that a peer may be held back without a break. @default 5_000 */
  maxHeldBack?: number
}

/** Timers are coarse: a wait that ends late is no break, more than this is. */
const BREAK_MS = 500

/**
 * How fast the messages of one peer are read: a second's worth at once, and
 * from then on at a steady rate. A peer that is not read must wait, and is not
 * punished for a burst; one that is held back for long and still continues
 * floods.
 */
export class MessagePace {
  readonly #clock: Pick<Clock, 'now'>
  readonly #messages: TokenBucket
  readonly #bytes: TokenBucket
  readonly #maxHeldBack: number
  /** When the peer began to be held back, and has been since. */
  #heldSince: number | undefined
  #flooding = false

  constructor(clock: Pick<Clock, 'now'>, init: MessagePaceInit = {}) {
    this.#clock = clock
    this.#messages = new TokenBucket(clock, perSecond(init.maxMessagesPerSecond ?? MAX_MESSAGES_PER_SECOND))
    this.#bytes = new TokenBucket(clock, perSecond(init.maxBytesPerSecond ?? MAX_MESSAGE_BYTES_PER_SECOND))
    this.#maxHeldBack = init.maxHeldBack ?? MAX_HELD_BACK_MS
  }

  /** Counts a message; milliseconds to wait before the next one is read, none when not above 0. */
  take(bytes: number): number {
    const wait = Math.max(this.#messages.spend(1), this.#bytes.spend(bytes))

    if (wait > 0) {
      this.#heldSince ??= this.#clock.now()
    } else if (wait < -BREAK_MS) {
      this.#heldSince = undefined
    }

    this.#flooding =
      wait > 0 && this.#heldSince != null && this.#clock.now() - this.#heldSince > this.#maxHeldBack

    return wait
  }

  /** Whether the peer had been held back for longer than it may when the last message came. */
  get flooding(): boolean {
    return this.#flooding
  }
}
