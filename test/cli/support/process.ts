import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { assertFits } from '../../support/event-fits.ts'
import type { ChildProcess } from 'node:child_process'

export const MAIN = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url))

/** Longer than all the tests of a file take together: some nodes live as long as those do. */
const DEADLINE_MS = 600_000

export interface Result {
  code: number | null
  stdout: string
  stderr: string
}

export type Line = Record<string, unknown> & { event: string }

/** Directories, processes and an environment of a test's own; `end` takes all away. */
export class Workshop {
  readonly dir: string
  readonly #children = new Set<ChildProcess>()

  private constructor(dir: string) {
    this.dir = dir
  }

  static async open(): Promise<Workshop> {
    return new Workshop(await mkdtemp(join(tmpdir(), 'nebula-cli-')))
  }

  get env(): Record<string, string> {
    return {
      PATH: process.env['PATH'] ?? '',
      HOME: this.dir,
      XDG_CACHE_HOME: join(tmpdir(), 'nebula-cli-cache'),
      NO_COLOR: '1'
    }
  }

  path(name: string): string {
    return join(this.dir, name)
  }

  spawn(args: string[], env: Record<string, string> = {}): ChildProcess {
    const child = spawn(process.execPath, [MAIN, ...args], {
      env: { ...this.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: DEADLINE_MS,
      killSignal: 'SIGKILL'
    })

    this.#children.add(child)
    child.once('exit', () => this.#children.delete(child))

    return child
  }

  /** Runs a command to its end. */
  async run(args: string[], env?: Record<string, string>): Promise<Result> {
    return resultOf(this.spawn(args, env))
  }

  /** A node that is ready; mDNS is off, so that tests that run at the same time do not meet. */
  async start(name: string, args: string[] = [], env: Record<string, string> = {}): Promise<RunningCommand> {
    const dataDir = this.path(name)
    const listen = ['--listen', '/ip4/127.0.0.1/tcp/0']
    const child = this.spawn(['start', '--json', '--no-mdns', ...listen, '--data-dir', dataDir, ...args], env)
    const command = new RunningCommand(child, dataDir)

    command.readyLine = await command.event('ready')

    return command
  }

  async end(): Promise<void> {
    await Promise.all(
      Array.from(this.#children, async (child) => {
        const ended = new Promise((resolve) => child.once('exit', resolve))

        child.kill('SIGKILL')
        await ended
      })
    )
    await rm(this.dir, { recursive: true, force: true })
  }
}

/** A `nebula start --json` and the lines it prints. */
export class RunningCommand {
  readonly child: ChildProcess
  readonly dataDir: string
  readonly result: Promise<Result>
  readonly lines: Line[] = []
  readyLine: Line = { event: 'none' }
  #rest = ''
  #waiting: Array<() => void> = []
  #ended = false

  constructor(child: ChildProcess, dataDir: string) {
    this.child = child
    this.dataDir = dataDir
    this.result = resultOf(child)
    child.stdout?.on('data', (chunk: Buffer) => this.#read(chunk.toString()))
    child.once('close', () => {
      this.#ended = true
      this.#wake()
    })
  }

  get peerId(): string {
    return String(this.readyLine['peerId'])
  }

  get address(): string {
    return (this.readyLine['multiaddrs'] as string[])[0] ?? ''
  }

  /** The first line of that name that suits, printed already or yet to come. */
  async event(name: string, suits: (line: Line) => boolean = () => true): Promise<Line> {
    for (;;) {
      const line = this.lines.find((candidate) => candidate.event === name && suits(candidate))

      if (line != null) {
        return line
      }

      if (this.#ended) {
        throw new Error(`ended without ${name}: ${JSON.stringify(await this.result)}`)
      }

      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  /** Ends it, and checks that what it printed is what is documented. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Result> {
    this.child.kill(signal)

    const result = await this.result

    this.lines.forEach(assertFits)

    return result
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split('\n')

    this.#rest = lines.pop() ?? ''
    this.lines.push(...lines.map((line) => JSON.parse(line) as Line))
    this.#wake()
  }

  #wake(): void {
    const waiting = this.#waiting

    this.#waiting = []
    waiting.forEach((resolve) => resolve())
  }
}

export async function resultOf(child: ChildProcess): Promise<Result> {
  const result: Result = { code: null, stdout: '', stderr: '' }

  child.stdout?.on('data', (chunk: Buffer) => {
    result.stdout += chunk.toString()
  })
  child.stderr?.on('data', (chunk: Buffer) => {
    result.stderr += chunk.toString()
  })
  result.code = await new Promise((resolve) => child.once('close', resolve))

  return result
}
