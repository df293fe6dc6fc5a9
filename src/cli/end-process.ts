import { writeSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

/** Milliseconds in which reading or writing a file ends where nothing is wrong. */
const FILES_END_MS = 500

const LOOK_MS = 20

/**
 * Ends the process, whatever blocks. `process.exit` waits for every thread of
 * Node.js's pool, and one that waits for a dead network disk, or a pipe, never
 * comes back. The exit code is then that of SIGKILL.
 */
export async function endProcess(code?: number): Promise<never> {
  if (await filesEnd()) {
    process.exit(code ?? process.exitCode)
  }

  // synchronous, as nothing that needs a thread can be waited for
  writeSync(2, 'nebula: the process is killed: reading or writing a file does not return\n')
  process.kill(process.pid, 'SIGKILL')

  // the signal has been sent; nothing more is to run
  return new Promise<never>(() => {})
}

async function filesEnd(): Promise<boolean> {
  for (let waited = 0; waited < FILES_END_MS; waited += LOOK_MS) {
    if (!process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq'))) {
      return true
    }

    await delay(LOOK_MS)
  }

  return false
}
