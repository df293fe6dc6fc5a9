import { systemClock } from '../lib/clock.ts'
import { FairSlots } from '../lib/fair/index.ts'
import { KeyedLimiter } from '../lib/keyed-limiter.ts'
import { perSecond } from '../lib/token-bucket.ts'
import {
  MAX_REQUEST_BYTES_PER_SECOND,
  MAX_REQUESTS,
  MAX_REQUESTS_PER_CLIENT,
  MAX_REQUESTS_PER_SECOND
} from './constants.ts'
import type { Clock } from '../lib/clock.ts'
import type { PeerId } from '@libp2p/interface'

export interface AdmissionInit {
  clock?: Clock
  /** Requests of all clients at the same time. @default 128 */
  maxRequests?: number
  /** Requests of one client at the same time. @default 8 */
  maxRequestsPerClient?: number
  /** Requests of one client in a second. @default 50 */
  maxRequestsPerSecond?: number
  /** Bytes of one client in a second. @default 4 MiB */
  maxBytesPerSecond?: number
}

/** Holds each client to its share of the proxy. */
export class Admission {
  readonly #slots: FairSlots
  readonly #requestRate: KeyedLimiter
  readonly #byteRate: KeyedLimiter

  constructor(init: AdmissionInit = {}) {
    const clock = init.clock ?? systemClock

    this.#slots = new FairSlots({
      max: init.maxRequests ?? MAX_REQUESTS,
      maxEach: init.maxRequestsPerClient ?? MAX_REQUESTS_PER_CLIENT
    })
    this.#requestRate = new KeyedLimiter(
      clock,
      perSecond(init.maxRequestsPerSecond ?? MAX_REQUESTS_PER_SECOND)
    )
    this.#byteRate = new KeyedLimiter(
      clock,
      perSecond(init.maxBytesPerSecond ?? MAX_REQUEST_BYTES_PER_SECOND)
    )
  }

  /** Requests that are worked on. */
  get requests(): number {
    return this.#slots.used
  }

  /** Takes up one more request, unless a limit is reached; the function returned ends it. */
  enter(client: PeerId): (() => void) | undefined {
    const leave = this.#slots.enter({ id: client.toString() })

    if (leave != null && !this.#requestRate.take(client)) {
      leave()

      return undefined
    }

    return leave
  }

  /** Counts bytes of a client; `false` when they are too many for this second. */
  takeBytes(client: PeerId, bytes: number): boolean {
    return this.#byteRate.take(client, bytes)
  }
}
