/** Nodes as a user starts them, and what tells that they are linked. */
import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { OverlayProcess, linkedPeers, untilMesh } from '../lan/overlay-process.ts'
import type { LanHost, Lan } from '../../support/lan.ts'

const CONFIG = fileURLToPath(new URL('../../../config/lan.yaml', import.meta.url))

/** From the last `ready` to links between all pairs; 3 s on a machine that has nothing else to do. */
export const LINKED_MS = 20_000

/** Starts a node as `nebula start --config config/lan.yaml` does. */
export async function startNode(lan: Lan, host: LanHost, ...args: string[]): Promise<OverlayProcess> {
  return await OverlayProcess.start(lan, host, '--config', CONFIG, ...args)
}

/** Starts a node on each of the hosts, uses them, and ends them; all must end by themselves. */
export async function withNodes<T>(
  lan: Lan,
  hosts: LanHost[],
  use: (...nodes: OverlayProcess[]) => Promise<T>
): Promise<T> {
  const nodes = await Promise.all(hosts.map(async (host) => await startNode(lan, host)))
  const value = await use(...nodes)
  const codes = await Promise.all(nodes.map(async (node) => await node.stop()))

  assert.deepEqual(
    codes,
    nodes.map(() => 0)
  )

  return value
}

/** @returns milliseconds from the last `ready` to the last link */
export async function untilAllLinked(nodes: OverlayProcess[]): Promise<number> {
  return await untilMesh(nodes, LINKED_MS)
}

export async function untilLinked(one: OverlayProcess, other: OverlayProcess): Promise<void> {
  await Promise.all(
    [
      [one, other],
      [other, one]
    ].map(async ([node, peer]) => {
      assert.ok(node != null && peer != null)
      await node.output.until(
        `a link with ${peer.host.namespace}`,
        (events) => linkedPeers(events).has(peer.peerId),
        LINKED_MS
      )
    })
  )
}
