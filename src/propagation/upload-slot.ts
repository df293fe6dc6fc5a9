import { Watchdog } from '../lib/watchdog.ts'
import type { Slot } from './slots.ts'
import type { Clock } from '../lib/clock.ts'
import type { Activity } from '../../protocols/model/index.ts'

export interface UploadSlotInit {
  clock: Clock
  /** Milliseconds that nothing may be there to send. */
  slotTimeout: number
  /** Milliseconds that a chunk may take to go out. */
  stallTimeout: number
}

/** The slot of a transfer, held while chunks go out: who sends nothing lets others begin. */
export class UploadSlot {
  readonly #slot: Slot
  readonly #quiet: Watchdog
  readonly #slow: Watchdog
  #activity: Activity = 'quiet'

  constructor(slot: Slot, { clock, slotTimeout, stallTimeout }: UploadSlotInit) {
    this.#slot = slot
    this.#quiet = new Watchdog(clock, slotTimeout, () => slot.pause())
    this.#slow = new Watchdog(clock, stallTimeout, () => slot.pause())
    this.#quiet.start()
  }

  /** Whether nothing is there to send. */
  get quiet(): boolean {
    return this.#activity !== 'sending'
  }

  get active(): boolean {
    return this.#slot.active
  }

  pause(): void {
    this.#slot.pause()
  }

  follow(activity: Activity): void {
    this.#activity = activity

    if (activity === 'sending') {
      this.#quiet.stop()
      this.#slow.restart()
      this.#slot.resume()
    } else if (activity === 'quiet') {
      this.#slow.stop()
      this.#quiet.start()
    } else {
      this.leave()
    }
  }

  leave(): void {
    this.#quiet.stop()
    this.#slow.stop()
    this.#slot.leave()
  }
}
