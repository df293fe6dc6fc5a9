import { createOverlayNode, createStockNode, until, withNodes } from '../support/overlay-nodes.ts'
import type { OverlayNode, RawHandshake } from '../support/overlay-nodes.ts'
import type { NebulaInit } from '../../src/index.ts'
import type { Connection, Libp2p } from '@libp2p/interface'
import type { Libp2pOptions } from 'libp2p'

/** What a peer does that has a connection with our node. */
export type Scene = (raw: { node: Libp2p; connection: Connection }, ours: OverlayNode) => Promise<void>

export async function facing(init: NebulaInit, scene: Scene, stock: Libp2pOptions = {}): Promise<void> {
  await withNodes(
    [createStockNode(stock), createOverlayNode(init)],
    async (node: Libp2p, ours: OverlayNode) => {
      await scene({ node, connection: await node.dial(ours.getMultiaddrs()) }, ours)
    }
  )
}

export async function ended(raw: RawHandshake): Promise<void> {
  await until(
    'the stream is over',
    () => raw.stream.status !== 'open' || raw.stream.remoteWriteStatus === 'closed'
  )
}
