import { fileURLToPath } from 'node:url'
import { assertFits } from '../../support/event-fits.ts'
import { JsonProcess } from '../../support/json-process.ts'
import type { JsonEvent } from '../../support/json-process.ts'
import type { Lan, LanHost } from '../../support/lan.ts'

const MAIN = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url))
const READY_MS = 30_000

/** `nebula start --json` on a host of the LAN. */
export class OverlayProcess {
  readonly host: LanHost
  readonly output: JsonProcess
  readonly peerId: string
  readonly multiaddrs: string[]

  private constructor(host: LanHost, output: JsonProcess, ready: JsonEvent) {
    this.host = host
    this.output = output
    this.peerId = String(ready.peerId)
    this.multiaddrs = ready.multiaddrs as string[]
  }

  /** Resolves when the node has said that it is ready. */
  static async start(lan: Lan, host: LanHost, ...args: string[]): Promise<OverlayProcess> {
    const all = [MAIN, 'start', '--json', '--data-dir', await lan.tempDir(), '--http', 'off', ...args]
    const child = host.spawnNode(all, withoutConfiguration())
    const output = new JsonProcess(child, `${host.namespace} start ${args.join(' ')}`)

    return new OverlayProcess(host, output, await output.event('ready', READY_MS))
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

/** The variables that configure a node, taken away. */
function withoutConfiguration(): NodeJS.ProcessEnv {
  const names = Object.keys(process.env).filter((name) => name.startsWith('NEBULA_'))

  return Object.fromEntries(names.map((name) => [name, undefined]))
}
