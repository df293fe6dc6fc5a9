import { once } from 'node:events'
import { PATIENCE_MS } from './patience.ts'
import type { ChildProcess } from 'node:child_process'

/**
 * Ends a process by SIGTERM, and by SIGKILL when that takes too long.
 *
 * @returns the exit code; `null` when a signal ended it
 */
export async function stopProcess(child: ChildProcess, graceMs = PATIENCE_MS): Promise<number | null> {
  if (child.exitCode == null && child.signalCode == null) {
    const exit = once(child, 'exit')
    const timer = setTimeout(() => child.kill('SIGKILL'), graceMs)

    child.kill('SIGTERM')
    await exit
    clearTimeout(timer)
  }

  return child.exitCode
}
