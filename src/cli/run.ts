import { causesOf } from '../lib/causes.ts'
import { VERSION } from '../version.ts'
import { EXIT_FAILURE, EXIT_USAGE, UsageError } from './errors.ts'
import { printable } from './format.ts'
import { parseArguments } from './parse.ts'
import type { Context } from './context.ts'
import type { CommandName, Invocation, OptionsOf } from './invocation.ts'

type Handler<C extends CommandName> = (options: OptionsOf<C>, context: Context) => Promise<number>

/** Each handler is loaded when its command is run, so that no command pays for another. */
const HANDLERS: { [C in CommandName]: () => Promise<Handler<C>> } = {
  start: async () => (await import('./commands/start/handler.ts')).start,
  id: async () => (await import('./commands/id.ts')).id,
  peers: async () => (await import('./commands/peers.ts')).peers,
  connect: async () => (await import('./commands/connect.ts')).connect,
  disconnect: async () => (await import('./commands/disconnect.ts')).disconnect,
  send: async () => (await import('./commands/send.ts')).send,
  blacklist: async () => (await import('./commands/blacklist.ts')).blacklist,
  models: async () => (await import('./commands/models.ts')).models,
  score: async () => (await import('./commands/score.ts')).score,
  beacon: async () => (await import('./commands/beacon.ts')).beacon,
  'external-connection-service': async () =>
    (await import('./commands/external-connection-service.ts')).externalConnectionService,
  'config check': async () => (await import('./commands/config.ts')).configCheck,
  'config print': async () => (await import('./commands/config.ts')).configPrint
}

/** Runs a command line, without the program's name, and returns its exit code. */
export async function run(argv: readonly string[], context: Context): Promise<number> {
  let verbose = argv.includes('--verbose')

  try {
    const invocation = parseArguments(argv, VERSION, (text) => context.stdout.write(text))

    if (invocation == null) {
      return 0
    }

    verbose = invocation.options.verbose

    return await execute(invocation, context)
  } catch (error) {
    context.stderr.write(errorText(error, verbose))

    return exitCode(error)
  }
}

async function execute(invocation: Invocation, context: Context): Promise<number> {
  const handler = (await HANDLERS[invocation.command]()) as Handler<CommandName>

  return handler(invocation.options, context)
}

/** `nebula: ...`: one line, or one for each fault of a configuration; the stack only when it is asked for. */
export function errorText(error: unknown, verbose: boolean): string {
  const message = (error instanceof Error ? error.message : '') || String(error)
  const [first = '', ...rest] = message.split('\n').map(printable)
  let text = `nebula: ${first}\n`

  if (isConfigError(error)) {
    text += rest.map((line) => `nebula: ${line}\n`).join('')
  } else if (error instanceof UsageError && error.help !== '') {
    text += `\n${error.help}`
  }

  return verbose && error instanceof Error ? `${text}${stackOf(error)}\n` : text
}

function stackOf(error: Error): string {
  return causesOf(error)
    .map(({ stack, name, message }) => stack ?? `${name}: ${message}`)
    .join('\ncaused by ')
}

/** 2 when the command line is wrong, be it in its form or in a flag's value; 1 for everything else. */
export function exitCode(error: unknown): number {
  if (error instanceof UsageError) {
    return EXIT_USAGE
  }

  return isConfigError(error) && error.issues.every(({ source }) => source?.startsWith('--') === true)
    ? EXIT_USAGE
    : EXIT_FAILURE
}

function isConfigError(error: unknown): error is Error & { issues: Array<{ source?: string }> } {
  return error instanceof Error && error.name === 'ConfigError' && 'issues' in error
}
