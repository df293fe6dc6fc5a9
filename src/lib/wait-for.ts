import { raceSignal } from 'race-signal'
import type { Clock } from './clock.ts'
import type { AbortOptions } from '@libp2p/interface'

/** Calls `check` whenever something may have changed, until what it returns is called. */
export type Subscribe = (check: () => void) => () => void

export interface WaitForOptions extends AbortOptions {
  clock: Clock
  /** Milliseconds. @default without end */
  timeout?: number
  /** What may make the condition hold. */
  on: Subscribe[]
}

interface Target {
  addEventListener(type: string, listener: () => void): void
  removeEventListener(type: string, listener: () => void): void
}

/** Subscribes to events of an event target, for `waitFor`. */
export function onEvents(target: unknown, ...types: string[]): Subscribe {
  // the targets of libp2p have types of their own for listeners
  const source = target as Target

  return (check) => {
    types.forEach((type) => source.addEventListener(type, check))

    return () => types.forEach((type) => source.removeEventListener(type, check))
  }
}

/**
 * Waits until the condition holds, which is looked at first and after each change.
 *
 * @returns whether it holds; `false` when the time is over
 * @throws the reason of the signal, also when it is aborted already; what the condition throws
 */
export async function waitFor(
  condition: () => boolean,
  { clock, timeout, signal, on }: WaitForOptions
): Promise<boolean> {
  signal?.throwIfAborted()

  if (condition()) {
    return true
  }

  const over = Promise.withResolvers<boolean>()
  const check = (): void => {
    try {
      if (condition()) {
        over.resolve(true)
      }
    } catch (err) {
      over.reject(err)
    }
  }
  const subscriptions = on.map((subscribe) => subscribe(check))
  const timer = timeout == null ? undefined : clock.setTimeout(() => over.resolve(false), timeout)

  try {
    return await raceSignal(over.promise, signal)
  } finally {
    timer?.clear()
    subscriptions.forEach((unsubscribe) => unsubscribe())
  }
}

/**
 * Waits `ms` milliseconds of the clock.
 *
 * @throws the reason of the signal
 */
export async function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  await waitFor(() => false, { clock, timeout: ms, signal, on: [] })
}

/** Waits for the promise, but no longer than `ms` milliseconds of the clock; `undefined` when it has not settled by then. */
export async function atMost<T>(clock: Clock, ms: number, promise: Promise<T>): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>()
  const timer = clock.setTimeout(() => late.resolve(undefined), ms)

  try {
    return await Promise.race([promise, late.promise])
  } finally {
    timer.clear()
  }
}
