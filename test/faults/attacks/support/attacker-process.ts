import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { JsonProcess } from '../../../support/json-process.ts'
import type { Target } from './attacker.ts'
import type { ChildProcess } from 'node:child_process'
import type { FederationNode } from '../../support/federation-node.ts'

export interface Offence {
  /** The attacker's PeerId. */
  peer: string
  /** The PeerId of the node that was attacked. */
  target: string
  /** When the first offence against that node began, in milliseconds since the Unix epoch. */
  at: number
}

/** A module of `attackers/` in a process of its own. */
export class AttackerProcess {
  readonly output: JsonProcess
  readonly #name: string

  constructor(
    name: string,
    targets: FederationNode[],
    args: Record<string, unknown> = {},
    spawnNode = spawnHere
  ) {
    const main = fileURLToPath(new URL(`../attackers/${name}.ts`, import.meta.url))
    const given = JSON.stringify({ ...args, targets: targets.map(toTarget) })

    this.#name = name
    this.output = new JsonProcess(spawnNode([main, given]), `attacker ${name}`)
  }

  /** The PeerIds that it has used. */
  get identities(): string[] {
    return this.output.events.filter(({ event }) => event === 'identity').map(({ peer }) => String(peer))
  }

  get offences(): Offence[] {
    return this.output.events
      .filter(({ event }) => event === 'offence')
      .map(({ peer, target, at }) => ({ peer: String(peer), target: String(target), at: Number(at) }))
  }

  /** Nodes (PeerIds) that it asked for a link, for the attack needs one, and that never gave it any. */
  get linksMissing(): string[] {
    const targetsOf = (name: string): string[] =>
      this.output.events.filter(({ event }) => event === name).map(({ target }) => String(target))
    const made = new Set(targetsOf('link-made'))

    return targetsOf('link-asked').filter((target) => !made.has(target))
  }

  async untilOffences(count: number, timeoutMs: number): Promise<void> {
    await this.output.until(`${count} offences`, () => this.offences.length >= count, timeoutMs)
  }

  /** @throws when it has ended by itself, as then it attacked nobody any more */
  async stop(): Promise<void> {
    const { exitCode, signalCode } = this.output.child

    if (exitCode != null || signalCode != null) {
      throw new Error(`The attacker ${this.#name} ended by itself: ${this.output.stderr}`)
    }

    this.output.child.kill('SIGKILL')
    await this.output.stop()
  }
}

function toTarget({ peerId, addr }: FederationNode): Target {
  return { peerId, addr }
}

function spawnHere(args: string[]): ChildProcess {
  return spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'] })
}
