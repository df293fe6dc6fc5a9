import assert from 'node:assert/strict'
import { FederationNode } from '../../support/federation-node.ts'
import type { ConfigInput } from '../../../../src/config/index.ts'
import type { RestrictionReport } from '../../support/federation-commands.ts'
import type { LanHost } from '../../../support/lan.ts'

/** So that what is said of a score is in the store soon. */
export const SCORE_WRITE_MS = 200
export const QUICK_WRITES: ConfigInput = { score: { sweepInterval: SCORE_WRITE_MS } }

/** What a node holds that is also in its store. */
export interface State {
  peerId: string
  restrictions: RestrictionReport[]
  /** What is held against each peer, by what it did. */
  offences: Record<string, Record<string, number>>
}

/** @param peers - those whose scores are looked at */
export async function stateOf(node: FederationNode, peers: string[]): Promise<State> {
  const offences = await Promise.all(
    peers.map(async (peer) => [peer, (await node.call('score', { peer })).offences] as const)
  )

  return {
    peerId: node.peerId,
    restrictions: await node.call('restrictions'),
    offences: Object.fromEntries(offences)
  }
}

/** What a node finds in its data directory that nobody can reach, and that reaches nobody. */
export async function storedState(host: LanHost, dataDir: string, peers: string[]): Promise<State> {
  const node = await FederationNode.start('the node by itself', {
    config: { dataDir, listen: ['/ip4/127.0.0.1/tcp/0'] },
    spawn: (args) => host.spawnNode(args)
  })

  try {
    return await stateOf(node, peers)
  } finally {
    await node.stop()
  }
}

/**
 * @param before - what had been written for certain
 * @param last - what the node held in the end, which may not have been written
 * @throws unless the store has what was written, or what came after it, and nothing else
 */
export function assertKept(stored: State, before: State, last: State): void {
  const ofOneTime = (restrictions: RestrictionReport[]): string[] =>
    restrictions.filter(({ expiresAt }) => expiresAt > Date.now()).map((entry) => JSON.stringify(entry))
  const found = ofOneTime(stored.restrictions)
  const [written, latest] = [ofOneTime(before.restrictions), ofOneTime(last.restrictions)]

  assert.equal(stored.peerId, before.peerId)
  assert.ok(before.restrictions.length > 0)
  assert.deepEqual(
    written.filter((entry) => latest.includes(entry) && !found.includes(entry)),
    [],
    'restrictions are lost'
  )
  assert.deepEqual(
    found.filter((entry) => !written.includes(entry) && !latest.includes(entry)),
    [],
    'there are restrictions that there never were'
  )

  for (const [peer, offences] of Object.entries(before.offences)) {
    assert.ok(Object.keys(offences).length > 0, `nothing was held against ${peer}`)

    for (const [what, count] of Object.entries(offences)) {
      const kept = stored.offences[peer]?.[what] ?? 0

      // it decays, by half in two minutes or more
      assert.ok(kept > count / 2 && kept <= count, `${what} of ${peer} was ${count}, and is ${kept}`)
    }
  }
}
