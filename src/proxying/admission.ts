import { PeerMap } from '@libp2p/peer-collections'
import { systemClock } from '../lib/clock.ts'
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
  readonly #maxRequests: number
  readonly #maxRequestsPerClient: number
  readonly #requestRate: KeyedLimiter
  readonly #byteRate: KeyedLimiter
  readonly #requests = new PeerMap<number>()
  #total = 0

  constructor(init: AdmissionInit = {}) {
    this.#maxRequests = init.maxRequests ?? MAX_REQUESTS
    this.#maxRequestsPerClient = init.maxRequestsPerClient ?? MAX_REQUESTS_PER_CLIENT

    const clock = init.clock ?? systemClock

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
    return this.#total
  }

  /** Takes up one more request, unless a limit is reached; the function returned, called once, ends it. */
  enter(client: PeerId): (() => void) | undefined {
    const requests = this.#requests.get(client) ?? 0

    if (
      this.#total >= this.#maxRequests ||
      requests >= this.#maxRequestsPerClient ||
      !this.#requestRate.take(client)
    ) {
      return undefined
    }

    this.#total++
    this.#requests.set(client, requests + 1)

    return () => {
      this.#leave(client)
    }
  }

  /** Counts bytes of a client; `false` when they are too many for this second. */
  takeBytes(client: PeerId, bytes: number): boolean {
    return this.#byteRate.take(client, bytes)
  }

  #leave(client: PeerId): void {
    const left = (this.#requests.get(client) ?? 1) - 1

    this.#total--

    if (left > 0) {
      this.#requests.set(client, left)
    } else {
      this.#requests.delete(client)
    }
  }
}
