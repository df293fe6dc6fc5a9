import { setMaxListeners, TimeoutError } from '@libp2p/interface'
import { anySignal } from 'any-signal'
import { DEADLINE_GRACE_MS } from './watchdog.ts'
import type { Clock } from './clock.ts'

export interface Deadline {
  /** Aborted with a `TimeoutError` when the time is over, or with the reason of another signal. */
  readonly signal: AbortSignal
  /** Milliseconds that are left; 0 when the time is over. */
  left(): number
  /** Lets go of the timer and of the other signals; to be called when what is bounded has ended. */
  clear(): void
}

/** Bounds an operation in time, by a clock that tests can move, and by other signals. */
export function deadline(clock: Clock, ms: number, ...others: Array<AbortSignal | undefined>): Deadline {
  const end = clock.now() + ms
  const over = new AbortController()
  const expire = (): void => over.abort(new TimeoutError(`It took longer than ${ms} ms`))
  const timer = ms > 0 ? clock.setTimeout(expire, ms) : undefined

  if (timer == null) {
    expire()
  }

  const signal = anySignal([over.signal, ...others])

  setMaxListeners(Infinity, signal)

  return {
    signal,
    // a clock that is set back gives no more time than there was
    left: () => Math.min(ms, Math.max(0, end - clock.now())),
    clear: () => {
      timer?.clear()
      signal.clear()
    }
  }
}

/**
 * A bound for what a peer is to do. When the time is over there is a grace for
 * what had come in time while this process was held up: a timer is due before
 * anything is read.
 */
export function peerDeadline(
  clock: Clock,
  ms: number,
  graceMs = DEADLINE_GRACE_MS
): Pick<Deadline, 'signal' | 'clear'> {
  const over = new AbortController()
  let timer = clock.setTimeout(() => {
    timer = clock.setTimeout(() => over.abort(new TimeoutError(`It took longer than ${ms} ms`)), graceMs)
  }, ms)

  return { signal: over.signal, clear: () => timer.clear() }
}
