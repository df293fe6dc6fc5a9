import { MIN_REQUEST_WINDOW_BYTES, REQUESTS_MEASURED } from './constants.ts'
import type { Clock } from '../lib/clock.ts'

export interface RequestWindowInit {
  clock: Clock
  /** Bytes of a chunk. */
  chunkSize: number
  /** Bytes at most, yet at least two chunks. */
  maxBytes: number
}

interface Request {
  /** Milliseconds since the Unix epoch. */
  at: number
  /** Chunks that had been asked for before it. */
  asked: number
  /** Chunks that had come before it. */
  received: number
}

/**
 * How many chunks may be asked of one source and not yet have come: what comes in twice the shortest time from a
 * request to its first chunk, as BBR allows (draft-ietf-ccwg-bbr, "BBR.cwnd_gain"). More would lie in the buffers of
 * the way, behind which messages wait.
 */
export class RequestWindow {
  readonly #clock: Clock
  readonly #min: number
  readonly #max: number
  /** The latest, the oldest first; their number is limited. */
  readonly #requests: Request[] = []
  /** The request whose first chunk is to come, counted from the latest. */
  #unanswered = 0
  #asked = 0
  #received = 0
  /** Milliseconds; no request was answered yet when infinite. */
  #shortest = Number.POSITIVE_INFINITY
  #chunks: number

  constructor(init: RequestWindowInit) {
    this.#clock = init.clock
    this.#max = Math.max(2, Math.floor(init.maxBytes / init.chunkSize))
    this.#min = Math.min(this.#max, Math.max(2, Math.floor(MIN_REQUEST_WINDOW_BYTES / init.chunkSize)))
    this.#chunks = this.#min
  }

  /** The window in chunks. */
  get chunks(): number {
    return this.#chunks
  }

  asked(count: number): void {
    this.#requests.push({ at: this.#clock.now(), asked: this.#asked, received: this.#received })
    this.#asked += count
    this.#unanswered++

    if (this.#requests.length > REQUESTS_MEASURED) {
      this.#requests.shift()
      this.#unanswered = Math.min(this.#unanswered, this.#requests.length)
    }
  }

  /** A chunk has come; a source sends them in the order in which they were asked for. */
  received(): void {
    this.#received++

    const request = this.#requests.at(-this.#unanswered)

    if (this.#unanswered > 0 && request != null && this.#received > request.asked) {
      this.#unanswered--
      this.#measure(request)
    }
  }

  #measure(request: Request): void {
    const now = this.#clock.now()
    const oldest = this.#requests[0] ?? request

    // a millisecond is as short as the clock tells
    this.#shortest = Math.min(this.#shortest, Math.max(1, now - request.at))

    const rate = (this.#received - oldest.received) / Math.max(1, now - oldest.at)

    this.#chunks = Math.min(this.#max, Math.max(this.#min, Math.ceil(2 * rate * this.#shortest)))
  }
}
