import { KeyedLimiter } from '../../lib/keyed-limiter.ts'
import { TokenBucket } from '../../lib/token-bucket.ts'
import {
  ALL_PACKETS_AT_ONCE,
  ALL_PACKETS_PER_SECOND,
  MAX_SENDERS,
  PACKETS_AT_ONCE,
  PACKETS_PER_SECOND
} from '../constants.ts'
import type { Clock } from '../../lib/clock.ts'

/** How many packets are read of each sender, and of all: what a flood sends beyond that costs no more than its arrival. */
export class PacketLimits {
  readonly #all: TokenBucket
  /** By address. */
  readonly #senders: KeyedLimiter

  constructor(clock: Pick<Clock, 'now'>) {
    this.#all = new TokenBucket(clock, { burst: ALL_PACKETS_AT_ONCE, perSecond: ALL_PACKETS_PER_SECOND })
    this.#senders = new KeyedLimiter(clock, {
      burst: PACKETS_AT_ONCE,
      perSecond: PACKETS_PER_SECOND,
      maxKeys: MAX_SENDERS
    })
  }

  /** Whether a packet of the sender may be read now; if so, it counts. */
  take(address: string): boolean {
    return this.#senders.take(address) && this.#all.take()
  }
}
