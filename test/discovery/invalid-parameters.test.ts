import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { createNode } from '../../src/node/index.ts'
import { createOverlayNode, linkNodes, withNodes } from '../support/overlay-nodes.ts'
import type { PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

const INVALID = { name: 'InvalidParametersError' }

describe('parameters that are none', () => {
  it('are refused as texts in the place of addresses', async () => {
    await withNodes([createOverlayNode()] as const, async ({ services: { nebula } }) => {
      const text = '/ip4/127.0.0.1/tcp/1'
      const place = text as unknown as PeerId

      await assert.rejects(nebula.connect(place), INVALID)
      await assert.rejects(nebula.startCommunications([place]), INVALID)
      await assert.rejects(nebula.startCommunications(text as unknown as PeerId[]), INVALID)
      await assert.rejects(nebula.joinFederation({ addrs: [place] }), INVALID)
      await assert.rejects(nebula.lateJoin({ addrs: [place] }), INVALID)
    })
  })

  it('are refused as times', async () => {
    await withNodes([createOverlayNode(), createOverlayNode()] as const, async (node, other) => {
      const { nebula } = node.services
      const message = nebula.createMessage('control', 'alive')

      await linkNodes(node, other)

      for (const ms of [NaN, -1, 'x' as unknown as number]) {
        await assert.rejects(nebula.startCommunications([other.peerId], { timeout: ms }), INVALID)
        await assert.rejects(nebula.startCommunications([other.peerId], { graceTime: ms }), INVALID)
        await assert.rejects(nebula.sendToNeighbours(message, { interval: ms }), INVALID)
        await assert.rejects(nebula.request(other.peerId, { topic: 'a' }, { timeout: ms }), INVALID)
        await assert.rejects(nebula.lateJoin({ offerTimeout: ms }), INVALID)
        await assert.rejects(nebula.lateJoin({ confirmTimeout: ms }), INVALID)
        await assert.rejects(nebula.addToBlacklist(other.peerId, { ttl: ms }), INVALID)
        await assert.rejects(nebula.addToRecentlyDisconnected(other.peerId, { ttl: ms }), INVALID)
      }
    })
  })

  it('are not those times that are very long', async () => {
    await withNodes([createOverlayNode(), createOverlayNode()] as const, async (node, other) => {
      const { nebula } = node.services

      for (const timeout of [Infinity, 2 ** 31, 2 ** 40]) {
        const linked = await nebula.startCommunications(other.getMultiaddrs(), { timeout })

        assert.deepEqual(linked.map(String), [String(other.peerId)])
        await nebula.disconnect(other.peerId)
      }
    })
  })
})

describe('an address of this node itself', () => {
  it('is told as such, by whatever name it is dialled', async () => {
    await withNodes([createOverlayNode()] as const, async (node) => {
      const { nebula } = node.services
      const port = String(node.getMultiaddrs()[0]).split('/')[4]
      const names = [multiaddr(`/dns4/localhost/tcp/${port}`), ...node.getMultiaddrs(), node.peerId]

      for (const name of names) {
        await assert.rejects(nebula.connect(name), { name: 'HandshakeError', reason: 'SELF' })
      }

      const { leftOut } = await nebula.joinFederation({ addrs: names })

      assert.deepEqual(
        leftOut.map(({ reason }) => reason),
        names.map(() => 'self')
      )
    })
  })
})

describe('joinFederation', () => {
  it('tells that a member is blacklisted, or that its address is, by whatever name it is dialled', async () => {
    const config = { listen: ['/ip4/127.0.0.1/tcp/0'], mdns: { enabled: false } }
    const node = await createNode(config)

    try {
      await withNodes([createOverlayNode({ federation: 'nebula' })] as const, async (other) => {
        const addrs = [other.peerId, ...other.getMultiaddrs().map((addr) => addr.decapsulate('/p2p'))]
        const reasons = async (members: Array<PeerId | Multiaddr>): Promise<string[]> =>
          (await node.nebula.joinFederation({ addrs: members })).leftOut.map(({ reason }) => reason)

        await node.nebula.addToBlacklist(other.peerId)
        assert.deepEqual(
          await reasons(addrs),
          addrs.map(() => 'blacklisted')
        )
        await node.nebula.removeFromBlacklist(other.peerId)
        await node.nebula.addToBlacklist('127.0.0.1')
        assert.deepEqual(await reasons(addrs.slice(1)), ['blacklisted', 'blacklisted'])
      })
    } finally {
      await node.stop()
    }
  })
})
