import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { createOverlayNode, createStockNode, has, next, until, withNodes } from '../support/overlay-nodes.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'
import type { Engine } from '../../src/index.ts'

function finishedEngine(state: { finished: boolean; round?: number }): Engine {
  return {
    round: () => state.round ?? null,
    learningCycleFinished: () => state.finished,
    updateNeighbours: () => {}
  }
}

function pair(): [Promise<OverlayNode>, Promise<OverlayNode>] {
  return [createOverlayNode(), createOverlayNode()]
}

describe('links between real nodes', () => {
  for (const transport of ['tcp', 'ws'] as const) {
    it(`makes a direct link over ${transport} that both ends describe alike`, async () => {
      await withNodes(
        [
          createOverlayNode({ roles: ['trainer'], proxy: true, agent: 'a/1' }),
          createOverlayNode({ engine: finishedEngine({ finished: false, round: 3 }) })
        ],
        async (a: OverlayNode, b: OverlayNode) => {
          const opened = next(b, 'link:open')
          const addr = b.getMultiaddrs().find((ma) => ma.toString().includes('/ws') === (transport === 'ws'))
          const link = await a.services.nebula.connect(addr ?? [], { priority: 'high' })
          const seen = await opened

          assert.ok(link.peer.equals(b.peerId))
          assert.deepEqual(
            [link.direct, link.direction, link.priority, link.round, link.proxy],
            [true, 'outbound', 'high', 3, false]
          )
          assert.ok(seen.peer.equals(a.peerId))
          assert.deepEqual(
            [seen.direct, seen.direction, seen.priority, seen.roles, seen.proxy, seen.agent, seen.round],
            [true, 'inbound', 'medium', ['trainer'], true, 'a/1', null]
          )
          assert.equal(seen.remoteAddr.toString().includes('/ws'), transport === 'ws')
        }
      )
    })
  }

  it('upgrades and downgrades at both ends', async () => {
    await withNodes(pair(), async (a: OverlayNode, b: OverlayNode) => {
      await a.services.nebula.connect(b.getMultiaddrs(), { direct: false })
      await until('b has the link', () => has(b, a.peerId))
      assert.equal(b.services.nebula.link(a.peerId)?.direct, false)

      const upgraded = next(b, 'link:upgrade')
      const link = await a.services.nebula.connect(b.peerId)

      assert.equal(link.direct, true)
      assert.equal((await upgraded).direct, true)

      const downgraded = next(a, 'link:upgrade')

      assert.equal((await b.services.nebula.setDirect(a.peerId, false)).direct, false)
      assert.equal((await downgraded).direct, false)
      assert.equal(a.services.nebula.links({ onlyDirect: true }).length, 0)
    })
  })

  it('lets both ends upgrade at once', async () => {
    await withNodes(pair(), async (a: OverlayNode, b: OverlayNode) => {
      await a.services.nebula.connect(b.getMultiaddrs(), { direct: false })
      await until('b has the link', () => has(b, a.peerId))

      const links = await Promise.all([
        a.services.nebula.setDirect(b.peerId, true),
        b.services.nebula.setDirect(a.peerId, true),
        a.services.nebula.setDirect(b.peerId, true)
      ])

      assert.deepEqual(
        links.map(({ direct }) => direct),
        [true, true, true]
      )
    })
  })

  it('makes one link of two dials at once, and both ends agree which', async () => {
    await withNodes(pair(), async (a: OverlayNode, b: OverlayNode) => {
      for (let i = 0; i < 20; i++) {
        const direct = i % 2 === 0
        const made = await Promise.all([
          a.services.nebula.connect(b.getMultiaddrs(), { direct }),
          b.services.nebula.connect(a.getMultiaddrs(), { direct })
        ])

        assert.equal(made.length, 2)
        await until('both ends have the link', () => has(a, b.peerId) && has(b, a.peerId))

        const [ofA, ofB] = [a.services.nebula.link(b.peerId), b.services.nebula.link(a.peerId)]

        assert.notEqual(ofA?.direction, ofB?.direction)
        assert.deepEqual([ofA?.direct, ofB?.direct], [direct, direct])

        const closed = next(b, 'link:close')

        await a.services.nebula.disconnect(b.peerId)
        await closed
        await a.services.nebula.clearRestrictions()
        assert.deepEqual([has(a, b.peerId), has(b, a.peerId)], [false, false])
        await Promise.all([a.hangUp(b.peerId), b.hangUp(a.peerId)])
      }
    })
  })

  it('joins calls to connect that are under way, and answers a repeated one with the link', async () => {
    await withNodes(pair(), async (a: OverlayNode, b: OverlayNode) => {
      let opened = 0
      a.services.nebula.addEventListener('link:open', () => opened++)

      const links = await Promise.all([1, 2, 3].map(async () => a.services.nebula.connect(b.getMultiaddrs())))
      const again = await a.services.nebula.connect(b.peerId)

      assert.equal(opened, 1)
      assert.deepEqual(
        [...links, again].map(({ openedAt }) => openedAt),
        Array.from({ length: 4 }, () => again.openedAt)
      )
    })
  })

  it('refuses another federation', async () => {
    await withNodes(
      [createOverlayNode(), createOverlayNode({ federation: 'other' })],
      async (a: OverlayNode, b: OverlayNode) => {
        await assert.rejects(a.services.nebula.connect(b.getMultiaddrs()), {
          name: 'HandshakeError',
          reason: 'FEDERATION_MISMATCH'
        })
        assert.deepEqual([a.services.nebula.links(), b.services.nebula.links()], [[], []])
      }
    )
  })

  it('refuses itself, by PeerId and by address', async () => {
    await withNodes([createOverlayNode()], async (a: OverlayNode) => {
      await assert.rejects(a.services.nebula.connect(a.peerId), { name: 'HandshakeError', reason: 'SELF' })
      await assert.rejects(a.services.nebula.connect(a.getMultiaddrs()), {
        name: 'HandshakeError',
        reason: 'SELF'
      })
    })
  })

  it('refuses more links than allowed, at either end', async () => {
    await withNodes(
      [createOverlayNode({ links: { maxLinks: 1 } }), createOverlayNode(), createOverlayNode()],
      async (hub: OverlayNode, b: OverlayNode, c: OverlayNode) => {
        await b.services.nebula.connect(hub.getMultiaddrs())
        await assert.rejects(c.services.nebula.connect(hub.getMultiaddrs()), { reason: 'MAX_LINKS' })
        await assert.rejects(hub.services.nebula.connect(c.getMultiaddrs()), { reason: 'MAX_LINKS' })
        assert.equal(hub.services.nebula.links().length, 1)

        // the limit is of peers: the one that is linked may still change
        assert.equal((await b.services.nebula.setDirect(hub.peerId, false)).direct, false)
      }
    )
  })

  it('makes no link and no upgrade once learning has finished', async () => {
    const state = { finished: false }

    await withNodes(
      [createOverlayNode({ engine: finishedEngine(state) }), createOverlayNode(), createOverlayNode()],
      async (a: OverlayNode, b: OverlayNode, c: OverlayNode) => {
        await b.services.nebula.connect(a.getMultiaddrs(), { direct: false })
        state.finished = true

        await assert.rejects(b.services.nebula.setDirect(a.peerId, true), { reason: 'LEARNING_FINISHED' })
        await assert.rejects(c.services.nebula.connect(a.getMultiaddrs()), { reason: 'LEARNING_FINISHED' })
        await assert.rejects(a.services.nebula.connect(c.getMultiaddrs()), { reason: 'LEARNING_FINISHED' })
        await assert.rejects(a.services.nebula.setDirect(b.peerId, true), { reason: 'LEARNING_FINISHED' })
        assert.equal(b.services.nebula.link(a.peerId)?.direct, false)
      }
    )
  })

  it('refuses a peer it has disconnected until it connects itself', async () => {
    await withNodes(pair(), async (a: OverlayNode, b: OverlayNode) => {
      await a.services.nebula.connect(b.getMultiaddrs())
      await until('b has the link', () => has(b, a.peerId))

      const closed = next(b, 'link:close')

      await a.services.nebula.disconnect(b.peerId)
      assert.equal((await closed).reason, 'remote')
      await assert.rejects(b.services.nebula.connect(a.getMultiaddrs()), { reason: 'RECENTLY_DISCONNECTED' })

      await a.services.nebula.connect(b.getMultiaddrs())
      assert.deepEqual(a.services.nebula.restrictions(), [])
    })
  })

  it('blacklists with a forced disconnection, closes the connection and says nothing any more', async () => {
    await withNodes(pair(), async (a: OverlayNode, b: OverlayNode) => {
      await b.services.nebula.connect(a.getMultiaddrs())
      await until('a has the link', () => has(a, b.peerId))

      const closed = next(b, 'link:close')
      const blacklisted = next(a, 'peer:blacklisted')

      await a.services.nebula.disconnect(b.peerId, { forced: true })
      await Promise.all([closed, blacklisted])
      await until('the connection is closed', () => a.getConnections(b.peerId).length === 0)

      await assert.rejects(b.services.nebula.connect(a.getMultiaddrs()))
      await assert.rejects(a.services.nebula.connect(b.getMultiaddrs()), { reason: 'BLACKLISTED' })
      assert.deepEqual([has(a, b.peerId), has(b, a.peerId)], [false, false])

      await a.services.nebula.removeFromBlacklist(b.peerId)
      await b.services.nebula.connect(a.getMultiaddrs())
    })
  })

  it('says goodbye to every link when it stops, and the other ends know at once', async () => {
    await withNodes(
      [createOverlayNode(), createOverlayNode(), createOverlayNode()],
      async (a: OverlayNode, b: OverlayNode, c: OverlayNode) => {
        await a.services.nebula.connect(b.getMultiaddrs())
        await c.services.nebula.connect(a.getMultiaddrs(), { direct: false })

        const closed = Promise.all([next(b, 'link:close'), next(c, 'link:close')])

        await a.stop()
        assert.deepEqual(
          (await closed).map(({ reason }) => reason),
          ['remote', 'remote']
        )
      }
    )
  })

  it('notices a lost connection, and links again', async () => {
    await withNodes(pair(), async (a: OverlayNode, b: OverlayNode) => {
      await a.services.nebula.connect(b.getMultiaddrs())
      await until('b has the link', () => has(b, a.peerId))

      const closed = Promise.all([next(a, 'link:close'), next(b, 'link:close')])

      a.getConnections(b.peerId).forEach((connection) => connection.abort(new Error('cable pulled')))
      assert.deepEqual(
        (await closed).map(({ reason }) => reason),
        ['connection-lost', 'connection-lost']
      )
      await a.services.nebula.connect(b.getMultiaddrs())
    })
  })

  it('can be stopped and started again', async () => {
    await withNodes(pair(), async (a: OverlayNode, b: OverlayNode) => {
      await a.services.nebula.connect(b.getMultiaddrs())
      await a.stop()
      await a.start()
      await until('b has seen it', () => !has(b, a.peerId))
      await a.services.nebula.connect(b.getMultiaddrs())
      await until('b has the link', () => has(b, a.peerId))
    })
  })

  it('leaves a node that knows nothing of the overlay in peace', async () => {
    await withNodes([createOverlayNode(), createStockNode()], async (a: OverlayNode, stock) => {
      await stock.dial(a.getMultiaddrs())
      await assert.rejects(a.services.nebula.connect(stock.getMultiaddrs()), {
        name: 'UnsupportedProtocolError'
      })

      assert.deepEqual(a.services.nebula.links(), [])
      assert.deepEqual(a.services.nebula.restrictions(), [])
      assert.ok(stock.getConnections(a.peerId).some(({ status }) => status === 'open'))
    })
  })

  it('rejects what cannot be reached with an error, and keeps nothing of it', async () => {
    await withNodes([createOverlayNode()], async (a: OverlayNode) => {
      const nobody = multiaddr(
        '/ip4/127.0.0.1/tcp/1/p2p/12D3KooWHWpR2DP8sWSTabvSNEg2pHncdHULLzfTeuPu7bzFCPjK'
      )

      await assert.rejects(a.services.nebula.connect(nobody))
      await assert.rejects(a.services.nebula.connect(nobody, { signal: AbortSignal.abort() }))
      assert.deepEqual(a.services.nebula.links(), [])
    })
  })

  it('tells the engine of neighbours that come and go, whatever it throws', async () => {
    const updates: string[] = []
    const engine: Engine = {
      round: () => null,
      learningCycleFinished: () => false,
      updateNeighbours: ({ added, neighbours }) => {
        updates.push(`${added ? 'added' : 'removed'} ${neighbours.length}`)
        throw new Error('engine trouble')
      }
    }

    await withNodes(
      [createOverlayNode({ engine }), createOverlayNode()],
      async (a: OverlayNode, b: OverlayNode) => {
        await a.services.nebula.connect(b.getMultiaddrs(), { direct: false })
        assert.deepEqual(updates, [])
        await a.services.nebula.setDirect(b.peerId, true)
        await a.services.nebula.disconnect(b.peerId)
        await until('the engine was told', () => updates.length === 2)
        assert.deepEqual(updates, ['added 1', 'removed 0'])
      }
    )
  })

  it('answers the filters of the seed', async () => {
    await withNodes(
      [createOverlayNode(), createOverlayNode(), createOverlayNode()],
      async (a: OverlayNode, b: OverlayNode, c: OverlayNode) => {
        const { nebula } = a.services
        const text = (peers: Array<{ toString(): string }>): string[] => peers.map(String).sort()

        await nebula.connect(b.getMultiaddrs())
        await nebula.connect(c.getMultiaddrs(), { direct: false })

        assert.deepEqual(text(nebula.peers()), text([b.peerId, c.peerId]))
        assert.deepEqual(text(nebula.peers({ onlyDirect: true })), text([b.peerId]))
        assert.deepEqual(text(nebula.peers({ onlyUndirected: true })), text([c.peerId]))
        assert.deepEqual(text(nebula.peers({ onlyDirect: true, myself: true })), text([a.peerId, b.peerId]))
        assert.equal(nebula.verifyConnections([b.peerId, c.peerId]), true)
        assert.equal(nebula.verifyConnections([b.peerId, a.peerId]), false)
        assert.equal(nebula.verifyAnyConnections([a.peerId, c.peerId]), true)
        assert.equal(nebula.verifyAnyConnections([a.peerId]), false)
        assert.equal(nebula.verifyAnyConnections([]), false)
      }
    )
  })

  it('is ready when every neighbour has said so, and not before', async () => {
    await withNodes(
      [createOverlayNode(), createOverlayNode(), createOverlayNode()],
      async (a: OverlayNode, b: OverlayNode, c: OverlayNode) => {
        const { nebula } = a.services
        const ready = (node: OverlayNode): Promise<void> =>
          node.services.nebula.send(a.peerId, nebula.createMessage('federation', 'federation_ready'))

        assert.equal(nebula.checkFederationReady(), false)
        await nebula.connect(b.getMultiaddrs())
        await nebula.connect(c.getMultiaddrs())

        const all = next(a, 'federation:ready')

        await until('b and c are linked', () => has(b, a.peerId) && has(c, a.peerId))
        await ready(b)
        await until('b is ready', () => nebula.readyPeers().length === 1)
        assert.equal(nebula.checkFederationReady(), false)
        await ready(c)
        assert.equal((await all).neighbours.length, 2)
        assert.equal(nebula.checkFederationReady(), true)
      }
    )
  })
})
