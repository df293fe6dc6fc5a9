import { systemClock } from '../../../lib/clock.ts'
import { JsonReporter } from './json-reporter.ts'
import { LineReporter } from './line-reporter.ts'
import type { Reporter } from './reporter.ts'
import type { LinkInfo } from '../../../interface.ts'
import type { Context } from '../../context.ts'

/** JSON when it is asked for, a live status on a terminal, plain lines anywhere else. */
export async function createReporter(
  json: boolean,
  { stdout, stderr, env }: Context,
  links: () => readonly LinkInfo[]
): Promise<Reporter> {
  if (json) {
    return new JsonReporter(stdout, stderr)
  }

  // A terminal without a size cannot be redrawn.
  if (stdout.isTTY === true && stdout.columns !== 0 && env['TERM'] !== 'dumb') {
    const { StatusReporter } = await import('./status-reporter.ts')

    return new StatusReporter({
      terminal: stdout as NodeJS.WriteStream,
      errors: stderr,
      links,
      clock: systemClock
    })
  }

  return new LineReporter(stdout, stderr)
}
