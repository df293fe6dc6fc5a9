/**
 * A reporter for `node --test`, beside the one that people read: under CI, where
 * all that the tests need is there, a test that was skipped is a failure.
 */
import type { TestEvent } from 'node:test/reporters'

export default async function* skipReporter(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const skipped: string[] = []

  for await (const event of source) {
    if ((event.type === 'test:pass' || event.type === 'test:fail') && event.data.skip !== undefined) {
      skipped.push(`${event.data.name} (${String(event.data.skip)})`)
    }
  }

  if (skipped.length > 0 && process.env['CI'] === 'true') {
    process.exitCode = 1
    yield `CI skips no test, but these were skipped:\n${skipped.map((name) => `  ${name}\n`).join('')}`
  }
}
