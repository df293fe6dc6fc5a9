/**
 * Time as the overlay sees it. Every part that waits or measures takes a
 * `Clock`, so that tests move time by hand instead of sleeping.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number

  /** Calls `callback` once, `delayMs` milliseconds from now, however many; never for `Infinity`. */
  setTimeout(callback: () => void, delayMs: number): Timer
}

export interface Timer {
  /** Ends the timer; harmless when it has fired. */
  clear(): void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout(callback, delayMs) {
    let timer: NodeJS.Timeout
    const wait = (ms: number): void => {
      timer =
        ms > LONGEST_TIMER_MS
          ? setTimeout(() => wait(ms - LONGEST_TIMER_MS), LONGEST_TIMER_MS)
          : setTimeout(callback, ms)
    }

    wait(delayMs)

    return { clear: () => clearTimeout(timer) }
  }
}

/** A longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Uniform random numbers in [0, 1), injected wherever jitter is added. */
export type Random = () => number
