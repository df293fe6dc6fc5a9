import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { ManualClock } from '../support/manual-clock.ts'
import { createOverlayNode, has, next, until, withNodes } from '../support/overlay-nodes.ts'
import type { NebulaEvents, NebulaInit } from '../../src/index.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'

/** Redials that come at once and go on until the test is over, whatever the machine is busy with. */
const FAST = { links: { redialDelay: 50, maxRedialDelay: 200, redialRounds: 1_000 } } satisfies NebulaInit

/** Pulls the cable: neither end says goodbye. */
function cut(a: OverlayNode, b: OverlayNode): void {
  a.getConnections(b.peerId).forEach((connection) => connection.abort(new Error('cable pulled')))
}

async function link(a: OverlayNode, b: OverlayNode, direct = true): Promise<void> {
  await a.services.nebula.connect(b.getMultiaddrs(), { direct })
  await until('b has the link', () => has(b, a.peerId))
}

function count(node: OverlayNode, type: keyof NebulaEvents): () => number {
  let events = 0

  node.services.nebula.addEventListener(type, () => events++)

  return () => events
}

/** Lets the time for all redials pass, and then for what one takes. */
async function assertNotDialled(a: OverlayNode, b: OverlayNode, clock: ManualClock): Promise<void> {
  for (const end = clock.now() + 3_600_000; clock.now() < end;) {
    await clock.advance(60_000)
  }

  await withNodes([createOverlayNode()], async (other: OverlayNode) => {
    await other.services.nebula.connect(b.getMultiaddrs())
    await other.services.nebula.send(b.peerId, other.services.nebula.createMessage('control', 'overhead'))
  })
  assert.deepEqual([has(a, b.peerId), a.getConnections(b.peerId)], [false, []])
}

describe('healing', () => {
  for (const redials of ['both', 'dialler', 'listener'] as const) {
    it(`makes a lost direct link again, and exactly one, when it is made by ${redials}`, async () => {
      const off = { links: { redialRounds: 0 } }

      await withNodes(
        [
          createOverlayNode(redials === 'listener' ? off : FAST),
          createOverlayNode(redials === 'dialler' ? off : FAST)
        ],
        async (a: OverlayNode, b: OverlayNode) => {
          await link(a, b)

          const opened = [next(a, 'link:open'), next(b, 'link:open')]

          cut(a, b)

          for (const { direct } of await Promise.all(opened)) {
            assert.equal(direct, true)
          }

          const message = next(b, 'message:control:overhead')

          await a.services.nebula.send(b.peerId, a.services.nebula.createMessage('control', 'overhead'))
          await message
          assert.deepEqual(
            [a, b].map(({ services }) => services.nebula.links().length),
            [1, 1]
          )
        }
      )
    })
  }

  it('finds the peer where it is now', async () => {
    const privateKey = await generateKeyPair('Ed25519')
    const quiet = { links: { redialRounds: 0 } }

    await withNodes(
      [createOverlayNode(FAST), createOverlayNode(quiet, { privateKey })],
      async (a: OverlayNode, before: OverlayNode) => {
        await link(a, before)

        const opened = next(a, 'link:open')

        cut(a, before)
        await before.stop()

        await withNodes([createOverlayNode(quiet, { privateKey })], async (now: OverlayNode) => {
          assert.notDeepEqual(now.getMultiaddrs(), before.getMultiaddrs())
          // as identify or an announcement does
          await a.peerStore.merge(now.peerId, { multiaddrs: now.getMultiaddrs() })
          assert.ok((await opened).peer.equals(now.peerId))
          await until('the peer has it too', () => has(now, a.peerId))
        })
      }
    )
  })

  it('finds a peer that had dialled and of which libp2p knows no address, as before identify has ended', async () => {
    await withNodes(
      [createOverlayNode(FAST), createOverlayNode({ links: { redialRounds: 0 } })],
      async (a: OverlayNode, b: OverlayNode) => {
        await link(b, a)
        await until('a knows b', () => has(a, b.peerId))
        await a.peerStore.patch(b.peerId, { multiaddrs: [] })

        const opened = next(a, 'link:open')

        cut(a, b)
        assert.ok((await opened).peer.equals(b.peerId))
      }
    )
  })

  it('tells each dial, gives the peer up after all rounds, and leaves it alone for a while', async () => {
    const init = { links: { redialAttempts: 2, redialRounds: 2, redialDelay: 10, maxRedialDelay: 20 } }

    await withNodes(
      [createOverlayNode(init), createOverlayNode({ links: { redialRounds: 0 } })],
      async (a: OverlayNode, b: OverlayNode) => {
        const redials = count(a, 'link:redial')

        await link(a, b)

        const gone = next(a, 'peer:disconnected')

        cut(a, b)
        await b.stop()
        assert.ok((await gone).peer.equals(b.peerId))
        assert.equal(redials(), 4)
        assert.deepEqual(a.services.nebula.applyRestrictions([b.peerId]), [])
        assert.deepEqual(a.services.nebula.links(), [])
      }
    )
  })

  it('dials nobody again once a disconnection is asked for', async () => {
    const clock = new ManualClock()

    await withNodes(
      [createOverlayNode({ clock }), createOverlayNode({ links: { redialRounds: 0 } })],
      async (a: OverlayNode, b: OverlayNode) => {
        await link(a, b)

        const redial = next(a, 'link:redial')

        cut(a, b)
        assert.deepEqual([(await redial).round, (await redial).attempt], [1, 1])
        assert.equal(a.services.nebula.redialling(b.peerId), true)
        await a.services.nebula.disconnect(b.peerId)
        assert.equal(a.services.nebula.redialling(b.peerId), false)
        await assertNotDialled(a, b, clock)
      }
    )
  })

  it('dials nobody again once learning has finished', async () => {
    let finished = false
    const engine = {
      round: () => 1,
      learningCycleFinished: () => finished,
      updateNeighbours: () => {}
    }

    const clock = new ManualClock()

    await withNodes(
      [createOverlayNode({ clock, engine }), createOverlayNode({ links: { redialRounds: 0 } })],
      async (a: OverlayNode, b: OverlayNode) => {
        const redials = count(a, 'link:redial')

        await link(a, b)
        finished = true

        const closed = next(a, 'link:close')

        cut(a, b)
        await closed
        await assertNotDialled(a, b, clock)
        assert.ok(redials() <= 1)
        assert.deepEqual(a.services.nebula.restrictions(), [])
      }
    )
  })

  it('closes a link whose peer no longer has it with the first alive, and makes it again', async () => {
    const init = { links: { ...FAST.links, aliveInterval: 50, sweepInterval: 10 } }

    await withNodes(
      [createOverlayNode(init), createOverlayNode()],
      async (a: OverlayNode, b: OverlayNode) => {
        await link(a, b)

        // the far end of the messages' stream goes, and nothing else: the link looks open
        await until('alive is said', () => (a.services.nebula.link(b.peerId)?.messagesSent ?? 0) > 0)

        const closed = next(a, 'link:close')
        const opened = next(a, 'link:open')

        for (const stream of b.getConnections(a.peerId).flatMap(({ streams }) => streams)) {
          if (stream.protocol.startsWith('/nebula/message/')) {
            stream.abort(new Error('gone'))
          }
        }

        assert.equal((await closed).reason, 'send-failed')
        assert.equal((await opened).direct, true)
      }
    )
  })
})

describe('a service that is stopped and started', () => {
  it('links, sends and heals as before, and each event comes once', async () => {
    await withNodes(
      [createOverlayNode(FAST), createOverlayNode(FAST)],
      async (a: OverlayNode, b: OverlayNode) => {
        const opens = count(a, 'link:open')
        const closes = count(a, 'link:close')

        for (let run = 1; run <= 3; run++) {
          await link(a, b)
          assert.deepEqual([opens(), closes()], [2 * run - 1, 2 * run - 2])

          const again = next(a, 'link:open')

          cut(a, b)
          await again
          await until('b has the link again', () => has(b, a.peerId))
          assert.deepEqual([opens(), closes()], [2 * run, 2 * run - 1])

          const received = next(b, 'message:control:overhead')

          await a.services.nebula.send(b.peerId, a.services.nebula.createMessage('control', 'overhead'))
          await received

          const gone = next(b, 'link:close')

          await a.stop()
          assert.equal((await gone).reason, 'remote')
          assert.deepEqual(a.services.nebula.links(), [])
          assert.deepEqual([opens(), closes()], [2 * run, 2 * run])
          await assert.rejects(a.services.nebula.connect(b.getMultiaddrs()), { name: 'NotStartedError' })
          await a.start()
          await b.services.nebula.clearRestrictions()
        }
      }
    )
  })
})
