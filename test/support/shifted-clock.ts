import { systemClock } from '../../src/lib/clock.ts'
import type { Clock } from '../../src/lib/clock.ts'

/** The clock of a machine whose time is off by so many milliseconds; it runs as fast as any. */
export function shiftedClock(offsetMs: number): Clock {
  return { ...systemClock, now: () => systemClock.now() + offsetMs }
}
