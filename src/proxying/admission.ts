import { PeerMap } from '@libp2p/peer-collections'
import { RateLimiter } from '@libp2p/utils'
import {
  MAX_REQUEST_BYTES_PER_SECOND,
  MAX_REQUESTS,
  MAX_REQUESTS_PER_CLIENT,
  MAX_REQUESTS_PER_SECOND
} from './constants.ts'
import type { PeerId } from '@libp2p/interface'

export interface AdmissionInit {
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
  readonly #requestRate: RateLimiter
  readonly #byteRate: RateLimiter
  readonly #requests = new PeerMap<number>()
  #total = 0

  constructor(init: AdmissionInit = {}) {
    this.#maxRequests = init.maxRequests ?? MAX_REQUESTS
    this.#maxRequestsPerClient = init.maxRequestsPerClient ?? MAX_REQUESTS_PER_CLIENT
    this.#requestRate = new RateLimiter({
      points: init.maxRequestsPerSecond ?? MAX_REQUESTS_PER_SECOND,
      duration: 1
    })
    this.#byteRate = new RateLimiter({
      points: init.maxBytesPerSecond ?? MAX_REQUEST_BYTES_PER_SECOND,
      duration: 1
    })
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
      !take(this.#requestRate, client)
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
    return take(this.#byteRate, client, bytes)
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

/** Counts points of a peer; `false` when they are too many. */
export function take(rate: RateLimiter, peer: PeerId, points = 1): boolean {
  try {
    rate.consume(peer.toString(), points)

    return true
  } catch {
    return false
  }
}
