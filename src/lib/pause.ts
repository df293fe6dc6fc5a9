import { raceSignal } from 'race-signal'
import type { Clock } from './clock.ts'

/**
 * Waits `ms` milliseconds of the clock.
 *
 * @throws the reason of the signal
 */
export async function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  const over = Promise.withResolvers<void>()
  const timer = clock.setTimeout(over.resolve, ms)

  try {
    await raceSignal(over.promise, signal)
  } finally {
    timer.clear()
  }
}
