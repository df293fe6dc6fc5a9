/**
 * Polls until the condition holds; it asks other processes.
 *
 * @param what - for the error when it does not hold in time
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string | (() => string),
  timeoutMs: number
): Promise<void> {
  for (const end = Date.now() + timeoutMs; !(await condition());) {
    if (Date.now() > end) {
      throw new Error(`Waited ${timeoutMs} ms for: ${typeof what === 'string' ? what : what()}`)
    }

    await new Promise<void>((resolve) => setTimeout(resolve, 20))
  }
}
