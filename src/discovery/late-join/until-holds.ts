import { raceSignal } from 'race-signal'
import type { Clock } from '../../lib/clock.ts'

interface EventSource {
  addEventListener(type: string, listener: () => void): void
  removeEventListener(type: string, listener: () => void): void
}

export interface UntilHoldsOptions {
  /** The events at which the condition may have begun to hold. */
  changes: Array<[source: unknown, type: string]>
  clock: Clock
  /** Milliseconds after which the wait is over in any case. */
  timeout: number
  signal: AbortSignal
}

/** Waits until the condition holds, but no longer than the timeout; rejects only when the signal is aborted. */
export async function untilHolds(
  condition: () => boolean,
  { changes, clock, timeout, signal }: UntilHoldsOptions
): Promise<void> {
  signal.throwIfAborted()

  const over = Promise.withResolvers<void>()
  const check = (): void => {
    if (condition()) {
      over.resolve()
    }
  }
  const sources = changes as Array<[EventSource, string]>
  const timer = clock.setTimeout(over.resolve, timeout)

  sources.forEach(([source, type]) => source.addEventListener(type, check))
  check()

  try {
    await raceSignal(over.promise, signal)
  } finally {
    timer.clear()
    sources.forEach(([source, type]) => source.removeEventListener(type, check))
  }
}
