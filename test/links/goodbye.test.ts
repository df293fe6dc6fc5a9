/** What a node says last on a link, to a peer by hand that throws away what it has not read when a stream is reset. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { nebula_handshake as pb } from '../../proto/handshake.js'
import { discardingMuxer } from '../support/discarding-muxer.ts'
import {
  createOverlayNode,
  createStockNode,
  RawHandshake,
  rawHello,
  withNodes
} from '../support/overlay-nodes.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'
import type { Libp2p } from '@libp2p/interface'

describe('the last word on a link', () => {
  for (const [what, reason, end] of [
    ['stops', pb.Reason.SHUTTING_DOWN, async (node: OverlayNode, _peer: Libp2p) => node.stop()],
    [
      'disconnects',
      pb.Reason.REQUESTED,
      async (node: OverlayNode, peer: Libp2p) => node.services.nebula.disconnect(peer.peerId)
    ],
    [
      'bans the peer',
      pb.Reason.BLACKLISTED,
      async (node: OverlayNode, peer: Libp2p) => node.services.nebula.addToBlacklist(peer.peerId, 'test')
    ]
  ] as const) {
    it(`arrives when the node ${what}`, async () => {
      const losses: number[] = []
      const stock = createStockNode({ streamMuxers: [discardingMuxer((bytes) => losses.push(bytes))] })

      await withNodes([stock, createOverlayNode()], async (peer: Libp2p, node: OverlayNode) => {
        const raw = await RawHandshake.open(await peer.dial(node.getMultiaddrs()))

        await raw.send(rawHello())
        assert.ok((await raw.read()).welcome != null)

        const ended = end(node, peer)

        assert.equal((await raw.read()).goodbye?.reason, reason)
        await ended
        assert.deepEqual(losses, [])
      })
    })
  }
})
