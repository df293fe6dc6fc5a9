import { createOverlayNode } from '../../support/overlay-nodes.ts'
import type { NebulaInit } from '../../../src/index.ts'
import type { OverlayNode } from '../../support/overlay-nodes.ts'

/** A node that nobody can dial, and so has links only with those that it dials itself. */
export async function createHiddenNode(init: NebulaInit = {}): Promise<OverlayNode> {
  return createOverlayNode(init, { addresses: { listen: [] } })
}

export async function createProxy(init: NebulaInit = {}): Promise<OverlayNode> {
  return createOverlayNode({ proxy: true, ...init })
}

/** Links each node with the one after it, over undirected links: nothing is passed on but on request. */
export async function chain(...nodes: OverlayNode[]): Promise<void> {
  for (const [index, node] of nodes.entries()) {
    const next = nodes[index + 1]

    if (next != null) {
      const [dialler, listener] = next.getMultiaddrs().length > 0 ? [node, next] : [next, node]

      await dialler.services.nebula.connect(listener.getMultiaddrs(), { direct: false })
    }
  }
}
