/** Tells the test, in a line of JSON. */
export function report(event: { event: string; [key: string]: unknown }): void {
  process.stdout.write(`${JSON.stringify(event)}\n`)
}
