import { MAX_MESSAGE_BYTES_PER_SECOND, MAX_MESSAGES_PER_SECOND } from './constants.ts'

export interface MessagePaceInit {
  /** @default 1_000_000 */
  maxMessagesPerSecond?: number
  /** @default 1 GiB */
  maxBytesPerSecond?: number
}

const SECOND_MS = 1_000

/**
 * How fast the messages of one peer are read (a generic cell rate algorithm,
 * ITU-T I.371): a second's worth at once, and from then on as they come due.
 * Nobody is punished: who is not read must wait.
 */
export class MessagePace {
  readonly #perMessage: number
  readonly #perByte: number
  /** Milliseconds that what came so far takes at the greatest pace, less those that have passed. */
  #messages = 0
  #bytes = 0
  #last = 0

  constructor(init: MessagePaceInit = {}) {
    this.#perMessage = SECOND_MS / (init.maxMessagesPerSecond ?? MAX_MESSAGES_PER_SECOND)
    this.#perByte = SECOND_MS / (init.maxBytesPerSecond ?? MAX_MESSAGE_BYTES_PER_SECOND)
  }

  /** Notes a message at time `now`; milliseconds to wait before the next one is read, none when not above 0. */
  take(bytes: number, now: number): number {
    // a clock that was set back has not passed any time, and holds nobody up
    const passed = Math.max(now - this.#last, 0)

    this.#last = now
    this.#messages = Math.max(this.#messages - passed, 0) + this.#perMessage
    this.#bytes = Math.max(this.#bytes - passed, 0) + bytes * this.#perByte

    return Math.max(this.#messages, this.#bytes) - SECOND_MS
  }
}
