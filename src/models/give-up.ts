import { anySignal } from 'any-signal'
import { raceSignal } from 'race-signal'

/**
 * Does what may wait for a file system, which answers nothing when it is a dead
 * network disk. With the first of the signals it is given up: the promise is
 * rejected at once, whatever the task does with the signal that it is given.
 */
export async function giveUpWith<T>(
  signals: ReadonlyArray<AbortSignal | undefined>,
  task: (signal: AbortSignal) => Promise<T>
): Promise<T> {
  const signal = anySignal([...signals])

  try {
    signal.throwIfAborted()

    return await raceSignal(task(signal), signal)
  } finally {
    signal.clear()
  }
}
