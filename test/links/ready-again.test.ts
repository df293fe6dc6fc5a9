import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createOverlayNode, has, linkNodes, next, until, withNodes } from '../support/overlay-nodes.ts'
import type { NebulaInit } from '../../src/index.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'

const FAST = { links: { redialDelay: 50, maxRedialDelay: 200, redialRounds: 1_000 } } satisfies NebulaInit
const NEVER = { links: { redialRounds: 0 } } satisfies NebulaInit

/** Pulls the cable; resolves when both have a link again. */
async function lose(a: OverlayNode, b: OverlayNode): Promise<void> {
  const opened = [next(a, 'link:open'), next(b, 'link:open')]

  a.getConnections(b.peerId).forEach((connection) => connection.abort(new Error('cable pulled')))
  await Promise.all(opened)
}

/** How often the node has received `federation_ready` from the peer. */
function heard(node: OverlayNode, from: OverlayNode): () => number {
  let times = 0

  node.services.nebula.addEventListener('message:federation:federation_ready', ({ detail }) => {
    times += detail.source.equals(from.peerId) ? 1 : 0
  })

  return () => times
}

function ready(node: OverlayNode) {
  return node.services.nebula.createMessage('federation', 'federation_ready')
}

function readyAt(node: OverlayNode): string[] {
  return node.services.nebula.readyPeers().map(String)
}

describe('readiness over a reconnect', () => {
  for (const [who, inits] of [
    ['the one that is ready', [FAST, NEVER]],
    ['the other', [NEVER, FAST]]
  ] as const) {
    it(`holds, and is said again, when ${who} dials`, async () => {
      await withNodes(
        [createOverlayNode(inits[0]), createOverlayNode(inits[1])],
        async (a: OverlayNode, b: OverlayNode) => {
          const times = heard(b, a)

          await linkNodes(a, b)
          await a.services.nebula.send(b.peerId, ready(a))
          assert.equal(b.services.nebula.checkFederationReady(), true)

          const opened = next(b, 'link:open')

          await lose(a, b)
          assert.equal((await opened).ready, true, 'before anything is said over the new link')
          assert.equal(b.services.nebula.checkFederationReady(), true)
          assert.deepEqual(readyAt(b), [String(a.peerId)])
          await until('a has said it again', () => times() === 2)
        }
      )
    })
  }

  it('is said again to a peer that has lost what it was told', async () => {
    await withNodes(
      [createOverlayNode(FAST), createOverlayNode(NEVER)],
      async (a: OverlayNode, b: OverlayNode) => {
        await linkNodes(a, b)
        await a.services.nebula.send(b.peerId, ready(a))
        b.getConnections(a.peerId).forEach((connection) => connection.abort(new Error('b is switched off')))
        await b.stop()
        await b.start()
        await a.services.nebula.connect(b.getMultiaddrs())
        await until('b knows again', () => readyAt(b).length === 1)
      }
    )
  })

  it('ends with a disconnection', async () => {
    await withNodes([createOverlayNode(), createOverlayNode()], async (a: OverlayNode, b: OverlayNode) => {
      const times = heard(b, a)

      await linkNodes(a, b)
      await a.services.nebula.send(b.peerId, ready(a))

      const closed = next(a, 'link:close')

      await b.services.nebula.disconnect(a.peerId, { restrict: false })
      await closed
      await linkNodes(a, b)
      await a.services.nebula.send(b.peerId, a.services.nebula.createMessage('control', 'overhead'))
      assert.deepEqual([readyAt(b), times()], [[], 1])
    })
  })
})

describe('own readiness', () => {
  it('is said to each that becomes a neighbour after all were told, and to it alone', async () => {
    await withNodes(
      [createOverlayNode(), createOverlayNode(), createOverlayNode()],
      async (a: OverlayNode, b: OverlayNode, c: OverlayNode) => {
        const atB = heard(b, a)

        await linkNodes(a, b)
        await a.services.nebula.sendToNeighbours(ready(a))
        await linkNodes(c, a)
        await until('c was told', () => readyAt(c).length === 1)
        assert.equal(atB(), 1)
      }
    )
  })

  it('is said to an undirected peer once it is a neighbour', async () => {
    await withNodes([createOverlayNode(), createOverlayNode()], async (a: OverlayNode, b: OverlayNode) => {
      await a.services.nebula.sendToNeighbours(ready(a))
      await linkNodes(a, b, false)
      await a.services.nebula.send(b.peerId, a.services.nebula.createMessage('control', 'overhead'))
      assert.deepEqual(readyAt(b), [])
      await b.services.nebula.setDirect(a.peerId, true)
      await until('b was told', () => readyAt(b).length === 1)
    })
  })

  it('is not said twice where the application says it as soon as there is a link', async () => {
    await withNodes([createOverlayNode(), createOverlayNode()], async (a: OverlayNode, b: OverlayNode) => {
      const times = heard(b, a)
      const { nebula } = a.services

      await nebula.sendToNeighbours(ready(a))
      nebula.addEventListener('link:open', ({ detail: { peer } }) => void nebula.send(peer, ready(a)))
      await linkNodes(b, a)
      await until('b was told', () => times() > 0)
      await nebula.send(b.peerId, nebula.createMessage('control', 'overhead'))
      assert.equal(times(), 1)
    })
  })

  it('is forgotten when the overlay stops', async () => {
    await withNodes([createOverlayNode(), createOverlayNode()], async (a: OverlayNode, b: OverlayNode) => {
      await a.services.nebula.sendToNeighbours(ready(a))
      await a.stop()
      await a.start()
      await linkNodes(a, b)
      await a.services.nebula.send(b.peerId, a.services.nebula.createMessage('control', 'overhead'))
      assert.deepEqual(readyAt(b), [])
    })
  })
})

describe('the round of a peer', () => {
  it('follows what the peer says, and is its own after a reconnect', async () => {
    let round: number | null = null
    const engine = { round: () => round, learningCycleFinished: () => false, updateNeighbours: () => {} }

    await withNodes(
      [createOverlayNode({ ...FAST, engine }), createOverlayNode()],
      async (a: OverlayNode, b: OverlayNode) => {
        const { nebula } = a.services
        const seen = (): number | null | undefined => b.services.nebula.link(a.peerId)?.round
        const learning = (): number => b.services.nebula.learningPeers().length

        await linkNodes(a, b)
        await nebula.send(b.peerId, ready(a))
        assert.deepEqual([seen(), learning()], [null, 0])

        await nebula.send(b.peerId, nebula.createMessage('federation', 'federation_models_included'))
        assert.deepEqual([seen(), learning()], [0, 1])

        // as NEBULA's nodes write it
        const included = { arguments: ['2'] }

        await nebula.send(
          b.peerId,
          nebula.createMessage('federation', 'federation_models_included', included)
        )
        assert.equal(seen(), 2)

        await nebula.send(b.peerId, nebula.createMessage('reputation', 'share', { round: 3 }))
        assert.equal(seen(), 3)

        await nebula.send(b.peerId, nebula.createMessage('offer', 'offer_metric', { round: 4 }))
        assert.equal(seen(), 4)

        await nebula.sendModel([b.peerId], { payload: Buffer.from('model'), round: 5 })
        await until('the model has come', () => seen() === 5)

        // late, or without a round
        await nebula.send(b.peerId, nebula.createMessage('federation', 'federation_models_included'))
        assert.equal(seen(), 5)

        round = 9
        await lose(a, b)
        await until('the link is back', () => has(b, a.peerId))
        assert.equal(seen(), 9)
      }
    )
  })
})
