/**
 * Runs scenarios on one LAN, from a test file: a child in user, network,
 * mount and process namespaces of its own (lan-main.ts) builds the LAN, runs
 * them one after the other, and reports each in a line of JSON.
 */
import { execFileSync, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { INSIDE_VARIABLE } from './lan.ts'
import { PATIENCE_MS } from './patience.ts'
import type { Lan, LanOptions } from './lan.ts'
import type { ChildProcess } from 'node:child_process'

export interface Scenario {
  name: string
  /** What it resolves to is given on, as JSON. */
  run(lan: Lan): Promise<unknown>
}

/** What a module of scenarios exports. */
export interface ScenarioModule extends LanOptions {
  scenarios: Scenario[]
}

/** One line of the child's output. */
export interface ScenarioResult {
  name: string
  /** Stack of what was thrown; absent when the scenario passed. */
  error?: string
  value?: unknown
}

/** As root of a new user namespace: network, mounts, and processes, which end when the first of them does. */
const UNSHARE = ['--user', '--map-root-user', '--net', '--mount', '--pid', '--fork', '--kill-child']

const PROBE = `
  mount -t tmpfs tmpfs /run
  ip netns add probe
  ip link add br0 type bridge
  ip link add port type veth peer name eth0 netns probe
  ip link set port master br0
  nft add table bridge probe
  nft 'add chain bridge probe forward { type filter hook forward priority 0; }'
`

/** Why no LAN can be built here, for a test's `skip`; `false` when it can. */
export function lanUnavailable(): string | false {
  try {
    execFileSync('unshare', [...UNSHARE, 'sh', '-ec', PROBE], { stdio: ['ignore', 'ignore', 'pipe'] })

    return false
  } catch (err) {
    const { code, stderr } = err as { code?: string; stderr?: Buffer }
    const said = stderr?.toString().trim().split('\n').at(-1)

    return `needs util-linux, iproute2, nftables and user namespaces: ${said ?? code ?? String(err)}`
  }
}

export class LanRunner {
  readonly #child: ChildProcess
  readonly #results = new Map<string, PromiseWithResolvers<ScenarioResult>>()
  readonly #ended: Promise<void>
  #stderr = ''

  /** @param module - of a {@link ScenarioModule} */
  constructor(module: URL) {
    const main = fileURLToPath(new URL('lan-main.ts', import.meta.url))

    this.#child = spawn('unshare', [...UNSHARE, process.execPath, main, module.href], {
      env: { ...process.env, [INSIDE_VARIABLE]: '1' },
      stdio: ['pipe', 'pipe', 'pipe']
    })
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-10_000)
    })
    this.#ended = this.#relay()
  }

  /** Resolves to what the scenario gave when it passed; rejects with what it threw. */
  async result(name: string): Promise<unknown> {
    const slot = this.#slot(name)
    const { error, value } = await Promise.race([
      slot.promise,
      this.#ended.then(() => this.#notRun(name, slot))
    ])

    if (error != null) {
      throw new Error(error)
    }

    return value
  }

  /** Ends the LAN and everything on it. */
  async stop(): Promise<void> {
    // unshare passes no signal on: the end of its input tells the child to stop
    this.#child.stdin?.end()
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), PATIENCE_MS)
    await this.#ended
    clearTimeout(timer)
  }

  async #relay(): Promise<void> {
    const ended = new Promise<void>((resolve) => this.#child.once('close', () => resolve()))

    if (this.#child.stdout != null) {
      for await (const line of createInterface(this.#child.stdout)) {
        const result = JSON.parse(line) as ScenarioResult
        this.#slot(result.name).resolve(result)
      }
    }

    await ended
  }

  /** What becomes of a scenario that has no result when the LAN is gone. */
  async #notRun(name: string, slot: PromiseWithResolvers<ScenarioResult>): Promise<ScenarioResult> {
    slot.resolve({ name, error: `The LAN ended before the scenario did. ${this.#stderr}` })

    return await slot.promise
  }

  #slot(name: string): PromiseWithResolvers<ScenarioResult> {
    const slot = this.#results.get(name) ?? Promise.withResolvers<ScenarioResult>()
    this.#results.set(name, slot)

    return slot
  }
}
