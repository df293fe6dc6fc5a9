import { checkTimes } from './parameters.ts'
import { pause } from './wait-for.ts'
import type { Clock } from './clock.ts'

/**
 * Waits until all promises have settled, and returns what they gave.
 *
 * @throws {AggregateError} when any failed
 */
export async function settleAll<T>(promises: Array<Promise<T>>, what = 'operations failed'): Promise<T[]> {
  const results = await Promise.allSettled(promises)
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []))

  if (failures.length > 0) {
    throw new AggregateError(failures, `${failures.length} of ${promises.length} ${what}`)
  }

  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
}

/** The first of several errors that are one `AggregateError`; any other error itself. */
export function firstError(error: unknown): unknown {
  return error instanceof AggregateError ? error.errors[0] : error
}

export interface SendToEachOptions {
  clock: Clock
  /** Milliseconds between two. @default 0 */
  interval?: number
  /** Ends the waits between two. */
  signal: AbortSignal
}

/**
 * Begins one send after another, waits for all, and returns what each gave.
 *
 * @throws {InvalidParametersError} when the interval is no time
 * @throws {AggregateError} once all have been tried, when any failed
 * @throws the reason of the signal
 */
export async function sendToEach<T, R>(
  receivers: T[],
  send: (receiver: T) => Promise<R>,
  { clock, interval = 0, signal }: SendToEachOptions
): Promise<R[]> {
  checkTimes({ interval })

  const sends: Array<Promise<R>> = []

  for (const [index, receiver] of receivers.entries()) {
    if (index > 0 && interval > 0) {
      await pause(clock, interval, signal)
    }

    signal.throwIfAborted()

    const sent = send(receiver)

    // each is looked at below; until then a failure must not count as unhandled
    sent.catch(() => {})
    sends.push(sent)
  }

  return settleAll(sends, 'peers were not reached')
}
