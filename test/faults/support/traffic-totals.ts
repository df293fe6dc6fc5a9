import type { FederationNode } from './federation-node.ts'

export interface TrafficTotals {
  messages: number
  repeated: number
  /** The longest that a message was under way, in milliseconds. */
  maxDelayMs: number
  /** What was sent and has not arrived, in words. */
  lost: string[]
}

/** What the nodes sent each other since they were started, and what of it has arrived. */
export async function totalTraffic(nodes: FederationNode[]): Promise<TrafficTotals> {
  const all = await Promise.all(nodes.map(async (node) => ({ node, tally: await node.call('tally') })))
  const received = new Map(all.map(({ node, tally }) => [node.peerId, tally.received]))
  const labels = new Map(nodes.map(({ peerId, label }) => [peerId, label]))

  return {
    messages: all.flatMap(({ tally }) => Object.values(tally.sent)).reduce((sum, n) => sum + n, 0),
    repeated: all.reduce((sum, { tally }) => sum + tally.repeated, 0),
    maxDelayMs: Math.max(...all.map(({ tally }) => tally.maxDelayMs)),
    lost: all.flatMap(({ node, tally }) =>
      Object.entries(tally.sent).flatMap(([to, sent]) => {
        const arrived = received.get(to)?.[node.peerId] ?? 0
        const { count, error } = tally.failed[to] ?? { count: 0, error: '' }

        return arrived === sent
          ? []
          : [`${node.label} to ${labels.get(to) ?? to}: ${arrived} of ${sent}, ${count} not sent ${error}`]
      })
    )
  }
}
