import type { Random } from './clock.ts'

export interface BackOffInit {
  /** Milliseconds. */
  retryDelay: number
  /** Milliseconds. */
  maxRetryDelay: number
  random: Random
}

/** Milliseconds to wait before try number `failures + 1`: doubled with each failure, and up to a quarter less by chance. */
export function backOff(failures: number, init: BackOffInit): number {
  const delay = Math.min(init.retryDelay * 2 ** Math.min(Math.max(failures - 1, 0), 30), init.maxRetryDelay)

  return Math.round(delay * (1 - init.random() / 4))
}
