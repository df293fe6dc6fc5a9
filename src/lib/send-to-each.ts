import { pause } from './wait-for.ts'
import type { Clock } from './clock.ts'

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
 * @throws {AggregateError} once all have been tried, when any failed
 * @throws the reason of the signal
 */
export async function sendToEach<T, R>(
  receivers: T[],
  send: (receiver: T) => Promise<R>,
  { clock, interval = 0, signal }: SendToEachOptions
): Promise<R[]> {
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

  const results = await Promise.allSettled(sends)
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []))

  if (failures.length > 0) {
    throw new AggregateError(failures, `${failures.length} of ${receivers.length} peers were not reached`)
  }

  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
}
