/** The `nebula` command on a host of a LAN. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { RunningCommand, resultOf } from '../../cli/support/process.ts'
import type { Result } from '../../cli/support/process.ts'
import type { LanHost } from '../../support/lan.ts'

const MAIN = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url))
const GET = fileURLToPath(new URL('control-get.ts', import.meta.url))
const DEADLINE_MS = 300_000

/** Runs the command to its end. */
export async function run(host: LanHost, args: string[]): Promise<Result> {
  return resultOf(host.spawnNode([MAIN, ...args], { NO_COLOR: '1' }))
}

/** A node that is ready, and the commands that talk to it. */
export class CommandNode extends RunningCommand {
  readonly host: LanHost

  private constructor(host: LanHost, dataDir: string, args: string[]) {
    const command = ['start', '--json', '--no-mdns', '--listen', `/ip4/${host.ip}/tcp/0`]

    super(
      spawn(
        'ip',
        ['netns', 'exec', host.namespace, process.execPath, MAIN, ...command, '--data-dir', dataDir, ...args],
        { stdio: ['ignore', 'pipe', 'pipe'], timeout: DEADLINE_MS, killSignal: 'SIGKILL' }
      ),
      dataDir
    )
    this.host = host
  }

  static async start(host: LanHost, dataDir: string, args: string[] = []): Promise<CommandNode> {
    const node = new CommandNode(host, dataDir, args)

    node.readyLine = await node.event('ready')

    return node
  }

  /** What the control API answers to GET. */
  async get(path: string): Promise<string> {
    const { code, stdout, stderr } = await resultOf(this.host.spawnNode([GET, this.dataDir, path]))

    assert.equal(code, 0, stderr)

    return stdout
  }

  /** Runs a command that talks to the node. */
  async run(...args: string[]): Promise<Result> {
    return run(this.host, [...args, '--data-dir', this.dataDir])
  }
}
