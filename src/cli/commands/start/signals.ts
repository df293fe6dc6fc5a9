import { systemClock } from '../../../lib/clock.ts'
import type { Clock } from '../../../lib/clock.ts'

/** What asks a process to end: Ctrl-C, a service manager, the end of the terminal. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Milliseconds in which signals are one: a terminal sends Ctrl-C to npm and to
 * the node, and npm hands it on to the node once more.
 */
const ONE_REQUEST_MS = 1_000

export interface StopRequest {
  /** Resolves at the first signal. */
  readonly asked: Promise<void>
  /** Whether it has resolved. */
  readonly isAsked: boolean
  /** Asks without a signal. */
  ask(): void
  end(): void
}

/** @param impatient - called at every signal that comes later than those that may be one with the first */
export function onStopRequest(impatient: () => void, clock: Clock = systemClock): StopRequest {
  const { promise, resolve } = Promise.withResolvers<void>()
  let first: number | undefined
  let isAsked = false
  const ask = (): void => {
    isAsked = true
    resolve()
  }
  const handle = (): void => {
    const now = clock.now()

    first ??= now

    if (now - first >= ONE_REQUEST_MS) {
      impatient()
    }

    ask()
  }

  for (const signal of SIGNALS) {
    process.on(signal, handle)
  }

  return {
    asked: promise,
    get isAsked() {
      return isAsked
    },
    ask,
    end: () => {
      for (const signal of SIGNALS) {
        process.off(signal, handle)
      }
    }
  }
}
