import { fileURLToPath } from 'node:url'
import { assertFits } from '../../support/event-fits.ts'
import { JsonProcess } from '../../support/json-process.ts'
import type { JsonEvent } from '../../support/json-process.ts'
import type { Lan, LanHost } from '../../support/lan.ts'

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url))
const MAIN = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url))
/** Twenty that start at once on two busy cores take a minute. */
const READY_MS = 150_000

/** `nebula start --json` on a host of the LAN. */
export class OverlayProcess {
  readonly host: LanHost
  readonly output: JsonProcess
  readonly peerId: string
  readonly multiaddrs: string[]
  /** When it was ready, by the clock that all events are told by. */
  readonly readyAt: number
  /** `HOST:PORT` of the control API, `null` when that is off. */
  readonly http: string | null
  readonly dataDir: string

  private constructor(host: LanHost, output: JsonProcess, dataDir: string, ready: JsonEvent) {
    this.host = host
    this.output = output
    this.dataDir = dataDir
    this.readyAt = Number(ready.time)
    this.http = ready.http as string | null
    this.peerId = String(ready.peerId)
    this.multiaddrs = ready.multiaddrs as string[]
  }

  /** Resolves when the node has said that it is ready. */
  static async start(lan: Lan, host: LanHost, ...args: string[]): Promise<OverlayProcess> {
    return await OverlayProcess.#start(lan, host, [process.execPath, MAIN, 'start'], args)
  }

  /** The same by `npm start`, with the configuration that it names. */
  static async npmStart(lan: Lan, host: LanHost, ...args: string[]): Promise<OverlayProcess> {
    const npm = ['npm', '--prefix', REPOSITORY, '--no-update-notifier', '--silent', 'start', '--']

    return await OverlayProcess.#start(lan, host, npm, args)
  }

  static async #start(
    lan: Lan,
    host: LanHost,
    [command = '', ...before]: string[],
    args: string[]
  ): Promise<OverlayProcess> {
    const dataDir = await lan.tempDir()
    const all = [...before, '--json', '--data-dir', dataDir, '--http', 'off', ...args]
    const child = host.spawn(command, all, withoutConfiguration())
    const output = new JsonProcess(child, `${host.namespace} start ${args.join(' ')}`)

    return new OverlayProcess(host, output, dataDir, await output.event('ready', READY_MS))
  }

  /** The address others on the LAN reach this node by. */
  address(pattern: RegExp): string {
    const found = this.multiaddrs.find((addr) => pattern.test(addr))

    if (found == null) {
      throw new Error(`None of ${this.multiaddrs.join(', ')} matches ${String(pattern)}`)
    }

    return found
  }

  /** Events from now on, for the functions below. */
  mark(): number {
    return this.output.events.length
  }

  /** Waits until exactly these are linked. */
  async untilLinked(peers: Iterable<string>, timeoutMs: number): Promise<void> {
    const wanted = [...peers].sort().join()
    await this.output.until(
      `links with exactly ${wanted}`,
      (events) => [...linkedPeers(events)].sort().join() === wanted,
      timeoutMs
    )
  }

  /** The last `link:open` of the peer. */
  linkWith(peer: string): JsonEvent | undefined {
    return this.output.events.findLast((event) => event.event === 'link:open' && event.peer === peer)
  }

  /** What the node printed about the peer since the mark. */
  eventsOf(peer: string, mark: number): JsonEvent[] {
    return this.output.events.slice(mark).filter((event) => JSON.stringify(event).includes(peer))
  }

  /**
   * Ends it, and checks that what it printed is what is documented.
   *
   * @returns the exit code; `null` when a signal had to end it
   */
  async stop(): Promise<number | null> {
    const code = await this.output.stop()

    this.output.events.forEach(assertFits)

    return code
  }
}

/** The peers whose link is open after these events. */
export function linkedPeers(events: JsonEvent[]): Set<string> {
  const linked = new Set<string>()

  for (const { event, peer, reason } of events) {
    if (event === 'link:open') {
      linked.add(String(peer))
    } else if (event === 'link:close' && reason !== 'replaced') {
      linked.delete(String(peer))
    }
  }

  return linked
}

/** When the links with all of these were open for the first time; `undefined` when they never were. */
export function linkedAt(events: JsonEvent[], peers: Iterable<string>): number | undefined {
  const wanted = [...peers]
  const end = events.findIndex((_, i) => {
    const linked = linkedPeers(events.slice(0, i + 1))

    return wanted.every((peer) => linked.has(peer))
  })

  return end < 0 ? undefined : Number(events[end]?.time)
}

/**
 * Waits until each node is linked with each other one, and with no further one.
 *
 * @returns milliseconds from the last `ready` to the last link; 0 when the links were there before
 */
export async function untilMesh(nodes: OverlayProcess[], timeoutMs: number): Promise<number> {
  const meshed = await Promise.all(
    nodes.map(async (node) => {
      const others = nodes.filter((other) => other !== node).map(({ peerId }) => peerId)
      await node.untilLinked(others, timeoutMs)

      return linkedAt(node.output.events, others) ?? Infinity
    })
  )

  return Math.max(0, Math.max(...meshed) - Math.max(...nodes.map(({ readyAt }) => readyAt)))
}

/** The variables that configure a node, taken away. */
function withoutConfiguration(): NodeJS.ProcessEnv {
  const names = Object.keys(process.env).filter((name) => name.startsWith('NEBULA_'))

  return Object.fromEntries(names.map((name) => [name, undefined]))
}
