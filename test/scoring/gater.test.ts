import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { defaultLogger } from '@libp2p/logger'
import { multiaddr } from '@multiformats/multiaddr'
import { MemoryDatastore } from 'datastore-core'
import { blacklistGater, Restrictions } from '../../src/index.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { createOverlayNode, createStockNode, has, next, until, withNodes } from '../support/overlay-nodes.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'
import type { Libp2p, MultiaddrConnection, PeerId } from '@libp2p/interface'

const noConnection = { remoteAddr: multiaddr('/ip4/192.0.2.1/tcp/1') } as MultiaddrConnection

describe('blacklist gater', () => {
  const hooks: Array<
    [string, (gater: ReturnType<typeof blacklistGater>, peer: PeerId, other: PeerId) => unknown]
  > = [
    ['denyDialPeer', (gater, peer) => gater.denyDialPeer?.(peer)],
    [
      'denyDialMultiaddr',
      (gater, peer) => gater.denyDialMultiaddr?.(multiaddr(`/ip4/127.0.0.1/tcp/1/p2p/${peer}`))
    ],
    [
      'denyDialMultiaddr, over a relay',
      (gater, peer, other) =>
        gater.denyDialMultiaddr?.(multiaddr(`/ip4/127.0.0.1/tcp/1/p2p/${other}/p2p-circuit/p2p/${peer}`))
    ],
    [
      'denyDialMultiaddr, as the relay',
      (gater, peer, other) =>
        gater.denyDialMultiaddr?.(multiaddr(`/ip4/127.0.0.1/tcp/1/p2p/${peer}/p2p-circuit/p2p/${other}`))
    ],
    ['denyOutboundConnection', (gater, peer) => gater.denyOutboundConnection?.(peer, noConnection)],
    [
      'denyInboundEncryptedConnection',
      (gater, peer) => gater.denyInboundEncryptedConnection?.(peer, noConnection)
    ],
    [
      'denyOutboundEncryptedConnection',
      (gater, peer) => gater.denyOutboundEncryptedConnection?.(peer, noConnection)
    ],
    [
      'denyInboundUpgradedConnection',
      (gater, peer) => gater.denyInboundUpgradedConnection?.(peer, noConnection)
    ],
    [
      'denyOutboundUpgradedConnection',
      (gater, peer) => gater.denyOutboundUpgradedConnection?.(peer, noConnection)
    ],
    ['denyInboundRelayReservation', (gater, peer) => gater.denyInboundRelayReservation?.(peer)],
    [
      'denyOutboundRelayedConnection, from the peer',
      (gater, peer, other) => gater.denyOutboundRelayedConnection?.(peer, other)
    ],
    [
      'denyOutboundRelayedConnection, to the peer',
      (gater, peer, other) => gater.denyOutboundRelayedConnection?.(other, peer)
    ],
    [
      'denyInboundRelayedConnection, of the peer',
      (gater, peer, other) => gater.denyInboundRelayedConnection?.(other, peer)
    ],
    [
      'denyInboundRelayedConnection, by the peer',
      (gater, peer, other) => gater.denyInboundRelayedConnection?.(peer, other)
    ]
  ]

  for (const [name, ask] of hooks) {
    it(`denies a blacklisted peer, and nobody else, at ${name}`, async () => {
      const [black, recent, other] = await Promise.all([1, 2, 3].map(createPeerId))
      const restrictions = new Restrictions({ datastore: new MemoryDatastore(), logger: defaultLogger() })
      const gater = blacklistGater(restrictions)

      assert.ok(black && recent && other)
      await restrictions.add('blacklisted', black, '')
      await restrictions.add('recently-disconnected', recent, '')
      assert.deepEqual(
        [ask(gater, black, other), ask(gater, recent, other), ask(gater, other, recent)],
        [true, false, false]
      )
      await restrictions.remove('blacklisted', black)
      assert.equal(ask(gater, black, other), false)
    })
  }

  it('allows addresses without a peer', () => {
    const gater = blacklistGater({ isBlacklisted: () => true })

    assert.equal(gater.denyDialMultiaddr?.(multiaddr('/ip4/127.0.0.1/tcp/1')), false)
    // a SHA-512 multihash
    const noPeer = `8V${'s'.repeat(86)}`

    assert.equal(gater.denyDialMultiaddr?.(multiaddr(`/ip4/127.0.0.1/tcp/1/p2p/${noPeer}`)), false)
  })
})

describe('a blacklisted peer', () => {
  for (const gated of [true, false]) {
    describe(gated ? 'of a node with the gater' : 'of a node whose gater knows nothing of it', () => {
      /** A node, and a peer that it blacklists in the end. */
      async function nodes(run: (ours: OverlayNode, peer: OverlayNode) => Promise<void>): Promise<void> {
        const datastore = new MemoryDatastore()
        const restrictions = new Restrictions({ datastore, logger: defaultLogger() })

        await withNodes(
          [
            createOverlayNode(
              { restrictions },
              gated ? { connectionGater: blacklistGater(restrictions) } : {}
            ),
            // attempts over connections that are closed at once are tried again
            createOverlayNode({ links: { attemptDelay: 0 } })
          ],
          run
        )
      }

      it('loses its link and all its connections', async () => {
        await nodes(async (ours, peer) => {
          await peer.services.nebula.connect(ours.getMultiaddrs())
          await peer.dial(ours.getMultiaddrs(), { force: true })
          await until('both connections', () => ours.getConnections(peer.peerId).length === 2)
          const closed = next(ours, 'link:close')

          await ours.services.nebula.addToBlacklist(peer.peerId, 'by hand')
          assert.equal((await closed).reason, 'blacklisted')
          await until('no connection', () => ours.getConnections(peer.peerId).length === 0)
          await until('no connection there', () => peer.getConnections(ours.peerId).length === 0)
        })
      })

      it('cannot come in, over another port as little', async () => {
        await nodes(async (ours, peer) => {
          await ours.services.nebula.addToBlacklist(peer.peerId)
          await assert.rejects(peer.services.nebula.connect(ours.getMultiaddrs()))
          await until('no connection', () => ours.getConnections(peer.peerId).length === 0)

          // libp2p picks ports anew when it starts
          const before = peer.getMultiaddrs().map(String)

          await peer.stop()
          await peer.start()
          assert.notDeepEqual(peer.getMultiaddrs().map(String), before)
          await assert.rejects(peer.services.nebula.connect(ours.getMultiaddrs()))
          assert.equal(has(ours, peer.peerId), false)

          await ours.services.nebula.removeFromBlacklist(peer.peerId)
          await peer.services.nebula.connect(ours.getMultiaddrs())
          await until('the link', () => has(ours, peer.peerId))
        })
      })

      it('is not linked with, by PeerId or by address', async () => {
        await nodes(async (ours, peer) => {
          const withoutPeer = peer.getMultiaddrs().map((addr) => addr.decapsulate(`/p2p/${peer.peerId}`))

          await ours.peerStore.patch(peer.peerId, { multiaddrs: withoutPeer })
          await ours.services.nebula.addToBlacklist(peer.peerId)
          await assert.rejects(ours.services.nebula.connect(peer.peerId))
          await assert.rejects(ours.services.nebula.connect(peer.getMultiaddrs()))
          await assert.rejects(ours.services.nebula.connect(withoutPeer))
          await until('no connection', () => ours.getConnections(peer.peerId).length === 0)
        })
      })

      if (gated) {
        it('is not dialled', async () => {
          await nodes(async (ours, peer) => {
            let accepted = 0

            peer.addEventListener('connection:open', () => accepted++)
            await ours.services.nebula.addToBlacklist(peer.peerId)
            await assert.rejects(ours.dial(peer.getMultiaddrs()), { name: 'DialDeniedError' })
            assert.equal(accepted, 0)
          })
        })
      }
    })
  }

  it('is kept out of other protocols as well', async () => {
    await withNodes([createOverlayNode(), createStockNode()], async (ours: OverlayNode, peer: Libp2p) => {
      await ours.services.nebula.addToBlacklist(peer.peerId)
      const connection = await peer.dial(ours.getMultiaddrs()).catch(() => undefined)

      await until(
        'the connection is closed',
        () => (connection?.status ?? 'closed') === 'closed' || connection?.status === 'aborted'
      )
      assert.deepEqual(ours.getConnections(peer.peerId), [])
    })
  })
})
