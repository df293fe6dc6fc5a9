/** What asks a process to end: Ctrl-C, a service manager, the end of the terminal. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export interface StopRequest {
  /** Resolves at the first signal. */
  readonly asked: Promise<void>
  /** Asks without a signal. */
  ask(): void
  end(): void
}

/** @param impatient - called at every signal after the first */
export function onStopRequest(impatient: () => void): StopRequest {
  const { promise, resolve } = Promise.withResolvers<void>()
  let signals = 0
  const handle = (): void => {
    signals++

    if (signals > 1) {
      impatient()
    }

    resolve()
  }

  for (const signal of SIGNALS) {
    process.on(signal, handle)
  }

  return {
    asked: promise,
    ask: resolve,
    end: () => {
      for (const signal of SIGNALS) {
        process.off(signal, handle)
      }
    }
  }
}
