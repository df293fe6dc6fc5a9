import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { JsonProcess } from '../../support/json-process.ts'
import { PATIENCE_MS } from '../../support/patience.ts'
import type { FederationCommands } from './federation-commands.ts'
import type { ConfigInput } from '../../../src/config/index.ts'
import type { ChildProcess } from 'node:child_process'

const MAIN = fileURLToPath(new URL('federation-main.ts', import.meta.url))
const CONNECT_TRIES = 3

type Args<C extends keyof FederationCommands> = Parameters<FederationCommands[C]>
type Answer<C extends keyof FederationCommands> = Awaited<ReturnType<FederationCommands[C]>>

export interface FederationNodeInit {
  /** On top of what all honest nodes have: federation `lab`, loopback, no mDNS. */
  config?: ConfigInput
  /** How the process is started, such as on a host of a LAN. @default here */
  spawn?(args: string[]): ChildProcess
}

/** An honest node in a process of its own (`federation-main.ts`). */
export class FederationNode {
  readonly output: JsonProcess
  readonly label: string
  readonly peerId: string
  readonly multiaddrs: string[]
  #requests = 0

  private constructor(output: JsonProcess, label: string, peerId: string, multiaddrs: string[]) {
    this.output = output
    this.label = label
    this.peerId = peerId
    this.multiaddrs = multiaddrs
  }

  static async start(label: string, init: FederationNodeInit = {}): Promise<FederationNode> {
    const config: ConfigInput = {
      federation: 'lab',
      listen: ['/ip4/127.0.0.1/tcp/0'],
      ...init.config,
      mdns: { enabled: false, ...init.config?.mdns }
    }
    const child = (init.spawn ?? spawnHere)(['--expose-gc', MAIN, JSON.stringify(config)])
    const output = new JsonProcess(child, label)

    try {
      const { peerId, multiaddrs } = await output.event('ready', PATIENCE_MS)

      return new FederationNode(output, label, String(peerId), multiaddrs as string[])
    } catch (err) {
      child.kill('SIGKILL')
      throw err
    }
  }

  /** The address others reach it by. */
  get addr(): string {
    const [addr] = this.multiaddrs

    if (addr == null) {
      throw new Error(`${this.label} listens nowhere`)
    }

    return addr
  }

  get pid(): number {
    return this.output.child.pid ?? 0
  }

  /** Sends a command and waits for its answer; rejects with what the node threw. */
  async call<C extends keyof FederationCommands>(command: C, ...[args]: Args<C>): Promise<Answer<C>> {
    return (await this.#request(command, args)) as Answer<C>
  }

  /** Links directly; on a busy machine even honest nodes may take too long for each other once. */
  async connect(addr: string): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await this.call('connect', { addr })

        return
      } catch (err) {
        if (tries === CONNECT_TRIES) {
          throw err
        }
      }
    }
  }

  /** What the node said of the peer: `peer:graylisted`, `peer:blacklisted`, `peer:disconnected`, `link:open`, `link:close`. */
  eventsOf(peer: string): Array<{ event: string; at: number; reason: string }> {
    return this.output.events
      .filter((event) => event.peer === peer)
      .map(({ event, at, reason }) => ({ event, at: Number(at), reason: String(reason) }))
  }

  /**
   * Stops the node.
   *
   * @throws when the process has ended before, does not end by itself then, or ends with a failure
   */
  async stop(): Promise<void> {
    const { child } = this.output

    try {
      await this.call('stop')
      child.stdin?.end()

      if (child.exitCode == null) {
        await once(child, 'exit', { signal: AbortSignal.timeout(PATIENCE_MS) })
      }
    } catch (cause) {
      throw new Error(`${this.label} did not stop as it should; stderr: ${this.output.stderr}`, { cause })
    } finally {
      child.kill('SIGKILL')
    }

    if (child.exitCode !== 0) {
      throw new Error(`${this.label} ended with ${child.exitCode}; stderr: ${this.output.stderr}`)
    }
  }

  /** Ends the process without a word, as a crash or a power cut does. */
  kill(): void {
    this.output.child.kill('SIGKILL')
  }

  async #request(command: string, args?: unknown): Promise<unknown> {
    const id = ++this.#requests
    this.output.child.stdin?.write(`${JSON.stringify({ id, command, args })}\n`)
    const find = (): Record<string, unknown> | undefined =>
      this.output.events.findLast((event) => event.event === 'reply' && event.id === id)

    await this.output.until(`an answer to ${command}`, () => find() != null, PATIENCE_MS)
    const { value, error } = find() ?? {}

    if (typeof error === 'string') {
      throw new Error(`${this.label}, ${command}: ${error}`)
    }

    return value
  }
}

function spawnHere(args: string[]): ChildProcess {
  return spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'] })
}
