import assert from 'node:assert/strict'
import { until } from '../../support/until.ts'
import type { FederationNode } from '../../support/federation-node.ts'
import type { LedgerLine } from '../../support/federation-traffic.ts'

export interface LedgerTotals {
  /** Messages for which `send` resolved. */
  accepted: number
  /** Messages for which `send` rejected, by the name of the error. */
  rejected: Record<string, number>
  /** Messages that were dispatched at their receiver. */
  received: number
}

const KINDS = new Set(['accepted', 'rejected', 'received'])

/** What became of every message, over all the processes that there have been. */
export class Ledger {
  readonly #nodes: FederationNode[] = []

  /** Takes the lines of a process in, those to come too. */
  follow(node: FederationNode): void {
    this.#nodes.push(node)
  }

  get totals(): LedgerTotals {
    const lines = this.#nodes.flatMap((node) => linesOf(node))
    const rejected: Record<string, number> = {}

    for (const { error = '' } of lines.filter(({ event }) => event === 'rejected')) {
      rejected[error] = (rejected[error] ?? 0) + 1
    }

    return { accepted: count(lines, 'accepted'), rejected, received: count(lines, 'received') }
  }

  /**
   * Waits until every message of the processes that live has been accepted or
   * rejected.
   *
   * @param alive - whose traffic has been stopped
   * @throws unless every message that was accepted has arrived, and none twice
   */
  async check(alive: FederationNode[], timeoutMs: number): Promise<LedgerTotals> {
    for (const node of alive) {
      const { sent } = await node.call('tally')
      const total = Object.values(sent).reduce((sum, n) => sum + n, 0)
      const settled = (): number => linesOf(node).filter(({ event }) => event !== 'received').length

      await until(
        () => settled() === total,
        () => `${node.label}: ${settled()} of ${total} messages are accepted or rejected`,
        timeoutMs
      )
    }

    const received = this.#nodes.flatMap((node) =>
      linesOf(node)
        .filter(({ event }) => event === 'received')
        .map(({ other, number }) => key(other, node.peerId, number))
    )
    const arrived = new Set(received)
    const lost = this.#nodes.flatMap((node) =>
      linesOf(node)
        .filter(
          ({ event, other, number }) => event === 'accepted' && !arrived.has(key(node.peerId, other, number))
        )
        .map(({ number }) => `${node.label}: ${number}`)
    )

    assert.deepEqual(lost, [], 'messages that were accepted have not arrived')
    assert.equal(arrived.size, received.length, 'messages came twice')

    return this.totals
  }
}

function linesOf(node: FederationNode): LedgerLine[] {
  return node.output.events.filter(({ event }) => KINDS.has(event)) as unknown as LedgerLine[]
}

function count(lines: LedgerLine[], event: LedgerLine['event']): number {
  return lines.filter((line) => line.event === event).length
}

function key(from: string, to: string, number: number): string {
  return `${from} ${to} ${number}`
}
