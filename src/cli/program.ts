/** The command line as commander knows it: names, flags and help texts. It runs nothing. */
import { Argument, Command, Option } from 'commander'
import {
  collect,
  parseHttp,
  parsePath,
  parseRound,
  parseSendParts,
  parseTime,
  parseWeight
} from './arguments.ts'
import type {
  CommandName,
  CommandOptions,
  GlobalOptions,
  Invocation,
  StartOptions,
  SwitchOptions
} from './invocation.ts'
import type { OutputConfiguration } from 'commander'

const EPILOGUE = `
PEER is a PeerId, or its beginning or end of at least six characters if only one linked peer has it.
Exit codes: 0; 1 for a failure; 2 when the command line itself is wrong.`

/** Tells of the invocation that was read; called once, and not for help or a version. */
export type OnInvocation = (invocation: Invocation) => void

export function createProgram(
  version: string,
  output: OutputConfiguration,
  onInvocation: OnInvocation
): Command {
  const program = new Command('nebula')
    .description('Runs and controls a node of the Nebula overlay for decentralised federated learning.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .option('--data-dir <dir>', 'where the node keeps its key (default: as configured)', parsePath)
    .option('--verbose', 'show the stack of an error')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput(output)
    .exitOverride()
    .addHelpText('after', EPILOGUE)

  const invoke: Invoke = (command, from, options) => {
    const { dataDir, verbose = false } = from.optsWithGlobals<Partial<GlobalOptions>>()

    // The options are those of the command by the signature above.
    onInvocation({ command, options: { ...options, dataDir, verbose } } as Invocation)
  }

  addStart(program, invoke)
  addQueries(program, invoke)
  addLinks(program, invoke)
  addBlacklist(program, invoke)
  addModels(program, invoke)
  addScore(program, invoke)
  addDiscovery(program, invoke)
  addConfig(program, invoke)
  addHelp(program)

  return program
}

type Invoke = <C extends CommandName>(command: C, from: Command, options: CommandOptions[C]) => void

function addStart(program: Command, invoke: Invoke): void {
  program
    .command('start')
    .description('run a node until it is interrupted')
    .option('--config <file>', 'YAML or JSON configuration (default: $NEBULA_CONFIG)', parsePath)
    .option('--libp2p <file>', "JavaScript or TypeScript module with libp2p's own options", parsePath)
    .option('--federation <name>', 'federation to belong to')
    .option('--listen <multiaddr>', 'address to listen on; may be repeated', collect)
    .option('--dial <multiaddr>', 'node to hold an undirected link with; may be repeated', collect)
    .option('--direct <multiaddr>', 'node to hold a direct link with; may be repeated', collect)
    .option(
      '--wait-for-direct <duration>',
      'in which time they are to be linked, such as 60s; else the start fails'
    )
    .option('--proxy', 'pass on the messages that are received')
    .option('--no-mdns', 'neither announce the node on the LAN nor look for others')
    .option('--http <host:port|off>', 'where the control API listens, on loopback', parseHttp)
    .option('--json', 'print one JSON object a line')
    .action((_, command: Command) => {
      const { mdns, ...options } = command.opts<Partial<StartOptions>>()

      // Commander takes a flag that was not given for its contrary, which here would override the configuration.
      invoke('start', command, { json: false, ...options, ...(mdns === false ? { mdns } : {}) })
    })
}

function addQueries(program: Command, invoke: Invoke): void {
  program
    .command('id')
    .description('print the PeerId of the data directory')
    .option('--json', 'print JSON')
    .action(({ json }, command: Command) => invoke('id', command, { json: json === true }))

  program
    .command('peers')
    .description('list the linked peers of the running node')
    .option('--json', 'print JSON')
    .action(({ json }, command: Command) => invoke('peers', command, { json: json === true }))
}

function addLinks(program: Command, invoke: Invoke): void {
  program
    .command('connect')
    .description('link the running node with another')
    .argument('<multiaddr>', 'where the other listens')
    .option('--undirected', 'do not make the peer a neighbour')
    .addOption(new Option('--priority <priority>', 'of the link').choices(['low', 'medium', 'high']))
    .action((multiaddr: string, { undirected, priority }, command: Command) => {
      invoke('connect', command, { multiaddr, direct: undirected !== true, priority })
    })

  program
    .command('disconnect')
    .description('end the link with a peer')
    .argument('<peer>')
    .option('--blacklist', 'shut the peer out as well')
    .action((peer: string, { blacklist }, command: Command) => {
      invoke('disconnect', command, { peer, blacklist: blacklist === true })
    })

  program
    .command('send')
    .description('send a message to a linked peer, or by way of a linked proxy to any')
    .usage('[options] <peer> <type> [action] [key=value]...')
    .argument('<peer>')
    .argument('<type>', 'such as control, federation or link')
    .argument(
      '[action and fields...]',
      'such as alive log=hello, by the names of proto/nebula.proto; a list is written by repeating its key'
    )
    .option('--via <peer>', 'linked proxy that delivers the message; <peer> is a whole PeerId then')
    .action((peer: string, type: string, parts: string[], { via }, command: Command) => {
      invoke('send', command, { peer, type, via, ...parseSendParts(parts) })
    })
}

function addBlacklist(program: Command, invoke: Invoke): void {
  const blacklist = program
    .command('blacklist')
    .description('list who is shut out, why and for how long, or change the list')
    .option('--json', 'print JSON')
    .action(({ json }, command: Command) => {
      invoke('blacklist', command, { action: 'list', json: json === true })
    })

  blacklist
    .command('add')
    .description('shut out a peer, an IP address or a subnet, and end the links')
    .argument('<peer or address>')
    .option('--for <time>', 'how long, such as 10m (default: as configured)', parseTime)
    .option('--reason <text>', 'why')
    .action((target: string, { for: ttl, reason }, command: Command) => {
      invoke('blacklist', command, { action: 'add', target, ttl, reason })
    })

  blacklist
    .command('remove')
    .description('let a peer, an IP address or a subnet in again')
    .argument('<peer or address>')
    .action((target: string, _, command: Command) => {
      invoke('blacklist', command, { action: 'remove', target })
    })

  blacklist
    .command('clear')
    .description('let everybody in again, but the addresses of the configuration')
    .action((_, command: Command) => invoke('blacklist', command, { action: 'clear' }))
}

function addModels(program: Command, invoke: Invoke): void {
  const models = program
    .command('models')
    .description('list the models that are kept, send one, or write one to a file')
    .option('--json', 'print JSON')
    .action(({ json }, command: Command) => {
      invoke('models', command, { action: 'list', json: json === true })
    })

  models
    .command('send')
    .description('send a file as a model to a linked peer')
    .argument('<peer>')
    .argument('<file>', undefined, parsePath)
    .requiredOption(
      '--round <number>',
      'the round it belongs to; -1 for the model all begin with',
      parseRound
    )
    .option('--weight <number>', 'the number of samples behind it (default: 1)', parseWeight)
    .action((peer: string, file: string, { round, weight }, command: Command) => {
      invoke('models', command, { action: 'send', peer, file, round, weight })
    })

  models
    .command('save')
    .description('write a model to a file')
    .argument('<id>', 'its beginning is enough')
    .argument('<file>', undefined, parsePath)
    .action((id: string, file: string, _, command: Command) => {
      invoke('models', command, { action: 'save', id, file })
    })
}

function addScore(program: Command, invoke: Invoke): void {
  program
    .command('score')
    .description('explain the score of a peer, or list those of all')
    .argument('[peer]')
    .option('--json', 'print JSON')
    .action((peer: string | undefined, { json }, command: Command) => {
      invoke('score', command, { peer, json: json === true })
    })
}

function addDiscovery(program: Command, invoke: Invoke): void {
  const change = (): Argument => new Argument('[change]').choices(['start', 'stop'])

  program
    .command('beacon')
    .description('say whether the node announces itself on the LAN, or start or stop that')
    .addArgument(change())
    .option('--interval <time>', 'between two announcements, such as 10s', parseTime)
    .option('--json', 'print JSON')
    .action((to: SwitchOptions['change'], { interval, json }, command: Command) => {
      invoke('beacon', command, { change: to, interval, json: json === true })
    })

  program
    .command('external-connection-service')
    .alias('ecs')
    .description('say whether the node looks for others on the LAN and answers them, or start or stop that')
    .addArgument(change())
    .option('--json', 'print JSON')
    .action((to: SwitchOptions['change'], { json }, command: Command) => {
      invoke('external-connection-service', command, { change: to, json: json === true })
    })
}

function addConfig(program: Command, invoke: Invoke): void {
  const config = program
    .command('config')
    .description('check a configuration file, or print the configuration')

  config
    .command('check')
    .description('say whether a file is a valid configuration')
    .argument('<file>', undefined, parsePath)
    .action((file: string, _, command: Command) => invoke('config check', command, { file }))

  config
    .command('print')
    .description('print the configuration that start would use')
    .option('--config <file>', 'YAML or JSON configuration (default: $NEBULA_CONFIG)', parsePath)
    .action(({ config: file }, command: Command) => invoke('config print', command, { config: file }))
}

/** Commander's own says nothing of a command that it does not know. */
function addHelp(program: Command): void {
  program
    .command('help')
    .description('print the help of a command')
    .argument('[command...]')
    .action((names: string[]) => {
      let command = program

      for (const name of names) {
        command =
          command.commands.find((candidate) => candidate.name() === name) ??
          program.error(`unknown command '${name}'`)
      }

      command.help()
    })
}
