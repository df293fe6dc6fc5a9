import type { Clock, Timer } from './clock.ts'

/** Milliseconds of grace after a deadline, in which the process reads what arrived in time while it was held up. */
export const DEADLINE_GRACE_MS = 250

/** A timer that fires later than by so much was held up, together with all that was to be read. */
const HELD_UP_MS = 50

/**
 * Calls back once when it has run for `timeoutMs` without a restart. When the
 * process was held up meanwhile (it computed, the machine slept), a timer is due
 * before anything is read: there is a grace, once, for what arrived in time.
 */
export class Watchdog {
  readonly #clock: Clock
  readonly #timeoutMs: number
  readonly #onExpired: () => void
  #timer: Timer | undefined

  constructor(clock: Clock, timeoutMs: number, onExpired: () => void) {
    this.#clock = clock
    this.#timeoutMs = timeoutMs
    this.#onExpired = onExpired
  }

  /** Starts unless it runs already. */
  start(): void {
    if (this.#timer == null) {
      this.#wait(this.#timeoutMs, false)
    }
  }

  /** Starts anew. */
  restart(): void {
    this.stop()
    this.start()
  }

  stop(): void {
    this.#timer?.clear()
    this.#timer = undefined
  }

  #wait(ms: number, again: boolean): void {
    const due = this.#clock.now() + ms

    this.#timer = this.#clock.setTimeout(() => {
      this.#timer = undefined

      if (!again && this.#clock.now() > due + HELD_UP_MS) {
        this.#wait(DEADLINE_GRACE_MS, true)
      } else {
        this.#onExpired()
      }
    }, ms)
  }
}
