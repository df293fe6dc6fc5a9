import type { Clock, Timer } from '../../src/lib/clock.ts'

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #now: number
  #timers: Array<{ at: number; callback: () => void }> = []

  constructor(now = 1_700_000_000_000) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  setTimeout(callback: () => void, delayMs: number): Timer {
    const entry = { at: this.#now + delayMs, callback }
    this.#timers.push(entry)

    return {
      clear: () => {
        this.#timers = this.#timers.filter((timer) => timer !== entry)
      }
    }
  }

  /** How many timers wait; zero after a clean stop. */
  get pending(): number {
    return this.#timers.length
  }

  /** Moves the time without any of it passing for the timers: the machine slept, or its clock was set. */
  leap(ms: number): void {
    this.#now += ms
    this.#timers = this.#timers.map((timer) => Object.assign(timer, { at: timer.at + ms }))
  }

  /** Fires every timer due within `ms`, in the order of their times, and lets what they started settle. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms

    for (;;) {
      const next = this.#timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0]

      if (next == null) {
        break
      }

      this.#timers = this.#timers.filter((timer) => timer !== next)
      this.#now = Math.max(this.#now, next.at)
      next.callback()
      await settle()
    }

    this.#now = end
    await settle()
  }
}

/** Lets time pass until the promise is settled, for what takes time and real I/O. */
export async function passUntil<T>(clock: ManualClock, promise: Promise<T>, stepMs = 100): Promise<T> {
  const settled = promise.then(
    () => true,
    () => true
  )

  while (!(await Promise.race([settled, clock.advance(stepMs).then(() => false)])));

  return promise
}

/** Lets every promise that can settle without time passing settle. */
export async function settle(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve))
}
