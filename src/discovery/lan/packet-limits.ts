import { Allowance } from '../../lib/token-bucket.ts'
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
  readonly #clock: Pick<Clock, 'now'>
  readonly #all: Allowance
  /** Keyed by address, in the order last heard. */
  readonly #senders = new Map<string, Allowance>()

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
    this.#all = new Allowance(clock, { burst: ALL_PACKETS_AT_ONCE, perSecond: ALL_PACKETS_PER_SECOND })
  }

  /** Whether a packet of the sender may be read now; if so, it counts. */
  take(address: string): boolean {
    const sender =
      this.#senders.get(address) ??
      new Allowance(this.#clock, { burst: PACKETS_AT_ONCE, perSecond: PACKETS_PER_SECOND })

    this.#senders.delete(address)
    this.#senders.set(address, sender)
    this.#makeRoom()

    return sender.take() && this.#all.take()
  }

  #makeRoom(): void {
    for (const address of this.#senders.keys()) {
      if (this.#senders.size <= MAX_SENDERS) {
        break
      }

      this.#senders.delete(address)
    }
  }
}
