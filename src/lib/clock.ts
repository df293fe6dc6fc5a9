/**
 * Time as the overlay sees it. Every part that waits or measures takes a
 * `Clock`, so that tests move time by hand instead of sleeping.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number

  /** Calls `callback` once, `delayMs` milliseconds from now. */
  setTimeout(callback: () => void, delayMs: number): Timer
}

export interface Timer {
  /** Ends the timer; harmless when it has fired. */
  clear(): void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout(callback, delayMs) {
    const timer = setTimeout(callback, delayMs)

    return { clear: () => clearTimeout(timer) }
  }
}

/** Uniform random numbers in [0, 1), injected wherever jitter is added. */
export type Random = () => number
