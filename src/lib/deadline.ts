import { setMaxListeners, TimeoutError } from '@libp2p/interface'
import { anySignal } from 'any-signal'
import { Watchdog } from './watchdog.ts'
import type { Clock } from './clock.ts'

export interface Deadline {
  /** Aborted with a `TimeoutError` when the time is over, or with the reason of another signal. */
  readonly signal: AbortSignal
  /** Whether the signal was aborted because the time is over, and not by another signal. */
  readonly expired: boolean
  /** Milliseconds that are left; 0 when the time is over. */
  left(): number
  /** Lets go of the timer and of the other signals; to be called when what is bounded has ended. */
  clear(): void
}

/**
 * Bounds an operation in time, and by other signals. When the process was held
 * up, there is a grace for what arrived in time (`Watchdog`).
 *
 * @param ms - milliseconds; `Infinity` for a bound by the other signals only
 */
export function deadline(clock: Clock, ms: number, ...others: Array<AbortSignal | undefined>): Deadline {
  const end = clock.now() + ms
  const over = new AbortController()
  const signal = anySignal([over.signal, ...others])
  let expired = false
  const expire = (): void => {
    expired = !signal.aborted
    over.abort(new TimeoutError(`It took longer than ${ms} ms`))
  }
  const watchdog = new Watchdog(clock, ms, expire)

  setMaxListeners(Infinity, signal)

  if (ms <= 0) {
    expire()
  } else if (ms !== Infinity && !signal.aborted) {
    watchdog.start()
  }

  return {
    signal,
    get expired() {
      return expired
    },
    // a clock that is set back gives no more time than there was
    left: () => Math.min(ms, Math.max(0, end - clock.now())),
    clear: () => {
      watchdog.stop()
      signal.clear()
    }
  }
}
