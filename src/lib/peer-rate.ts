import { RateLimiter } from '@libp2p/utils'
import type { PeerId } from '@libp2p/interface'

const MINUTE_S = 60

/** How often each peer may do a thing in a minute. What is counted is forgotten with its minute. */
export class PeerRate {
  readonly #limiter: RateLimiter

  constructor(perMinute: number) {
    this.#limiter = new RateLimiter({ points: perMinute, duration: MINUTE_S })
  }

  /** Counts once more; `false` when it is once too often. */
  take(peer: PeerId): boolean {
    try {
      this.#limiter.consume(peer.toString())

      return true
    } catch {
      return false
    }
  }
}
