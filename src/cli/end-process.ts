import { writeSync } from 'node:fs'
import { stat } from 'node:fs/promises'

/** Milliseconds in which a thread of Node.js's pool answers where one is free. */
const POOL_ANSWERS_MS = 500

/**
 * Ends the process, whatever blocks. `process.exit` waits for the threads of
 * the pool, and one that waits for a dead network disk, or a pipe, never comes
 * back. The exit code is then that of SIGKILL.
 */
export async function endProcess(code?: number): Promise<never> {
  if (await poolAnswers()) {
    process.exit(code ?? process.exitCode)
  }

  // synchronous, as nothing that needs a thread can be waited for
  writeSync(2, 'nebula: the process is killed: reading or writing a file does not return\n')
  process.kill(process.pid, 'SIGKILL')

  // the signal has been sent; nothing more is to run
  return new Promise<never>(() => {})
}

async function poolAnswers(): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => resolve(false), POOL_ANSWERS_MS)

  // any answer will do
  stat('/').then(
    () => resolve(true),
    () => resolve(true)
  )

  try {
    return await promise
  } finally {
    clearTimeout(timer)
  }
}
