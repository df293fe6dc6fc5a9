import { MAX_HELD_BACK_MS, MAX_MESSAGE_BYTES_PER_SECOND, MAX_MESSAGES_PER_SECOND } from './constants.ts'

export interface MessagePaceInit {
  /** @default 1_000_000 */
  maxMessagesPerSecond?: number
  /** @default 1 GiB */
  maxBytesPerSecond?: number
  /** Milliseconds that a peer may be held back without a break. @default 5_000 */
  maxHeldBack?: number
}

const SECOND_MS = 1_000

/**
 * How fast the messages of one peer are read (a generic cell rate algorithm,
 * ITU-T I.371): a second's worth at once, and from then on as they come due.
 * Who is not read must wait, and is not punished for a burst; who is held back
 * for long and still goes on floods.
 */
export class MessagePace {
  readonly #perMessage: number
  readonly #perByte: number
  /** Milliseconds that what came so far takes at the greatest pace, less those that have passed. */
  #messages = 0
  #bytes = 0
  #last = 0
  /** When the peer began to be held back, and has been since. */
  #heldSince: number | undefined
  /** Whether it was with the last message. */
  #held = false
  readonly #maxHeldBack: number

  constructor(init: MessagePaceInit = {}) {
    this.#perMessage = SECOND_MS / (init.maxMessagesPerSecond ?? MAX_MESSAGES_PER_SECOND)
    this.#perByte = SECOND_MS / (init.maxBytesPerSecond ?? MAX_MESSAGE_BYTES_PER_SECOND)
    this.#maxHeldBack = init.maxHeldBack ?? MAX_HELD_BACK_MS
  }

  /** Notes a message at time `now`; milliseconds to wait before the next one is read, none when not above 0. */
  take(bytes: number, now: number): number {
    // a clock that was set back has not passed any time, and holds nobody up
    const passed = Math.max(now - this.#last, 0)

    this.#last = now
    this.#messages = Math.max(this.#messages - passed, 0) + this.#perMessage
    this.#bytes = Math.max(this.#bytes - passed, 0) + bytes * this.#perByte

    const wait = Math.max(this.#messages, this.#bytes) - SECOND_MS

    if (wait > 0) {
      this.#heldSince ??= now
    } else if (wait < -SECOND_MS / 2) {
      // timers are coarse: one that ends late is no break
      this.#heldSince = undefined
    }

    this.#held = wait > 0

    return wait
  }

  /** Whether the peer has been held back for longer than it may, up to time `now`, that of the last message. */
  floods(now: number): boolean {
    return this.#held && this.#heldSince != null && now - this.#heldSince > this.#maxHeldBack
  }
}
