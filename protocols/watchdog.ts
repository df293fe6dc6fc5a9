import type { Clock, Timer } from './clock.ts'

/** Calls back once when it has run for `timeoutMs` without a restart. */
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
    this.#timer ??= this.#clock.setTimeout(() => {
      this.#timer = undefined
      this.#onExpired()
    }, this.#timeoutMs)
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
}
