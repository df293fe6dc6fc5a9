import { CommanderError } from 'commander'
import { UsageError } from './errors.ts'
import { createProgram } from './program.ts'
import type { Invocation } from './invocation.ts'

/**
 * Reads a command line, without the program's name. Help and the version are
 * written to `write`, and then there is nothing to run.
 *
 * @throws {UsageError}
 */
export function parseArguments(
  argv: readonly string[],
  version: string,
  write: (text: string) => void
): Invocation | undefined {
  let invocation: Invocation | undefined
  // What commander writes beside an error is help, which goes with the error's own line.
  let help = ''

  const program = createProgram(
    version,
    {
      writeOut: write,
      writeErr: (text) => {
        help += text
      },
      outputError: () => {}
    },
    (read) => {
      invocation = read
    }
  )

  try {
    program.parse([...argv], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) {
      throw error
    }

    if (error.exitCode === 0) {
      return undefined
    }

    throw error.code === 'commander.help'
      ? new UsageError('no command given', { help })
      : new UsageError(oneLine(error.message), { cause: error })
  }

  return invocation
}

/** Commander's `error: unknown option '--foo'\n(Did you mean --bar?)` in the form of our own errors. */
function oneLine(message: string): string {
  return message
    .replace(/^error: /, '')
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim()
}
