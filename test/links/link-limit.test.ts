import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ManualClock } from '../support/manual-clock.ts'
import { createOverlayNode, until, withNodes } from '../support/overlay-nodes.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'

const MAX_LINKS = 5
const PEERS = 12

function overlayStreams(node: OverlayNode): string[] {
  return node
    .getConnections()
    .flatMap(({ streams }) => streams.map(({ protocol }) => protocol))
    .filter((protocol) => protocol.startsWith('/nebula/'))
}

/** The scores of peers have one timer, once there are any. */
const SCORES_TIMER = 1
/** So have restrictions. */
const RESTRICTIONS_TIMER = 1

describe('the limit of links', () => {
  it('holds exactly when peers connect both ways at once, and nothing is left of those refused', async () => {
    const clock = new ManualClock()
    const peers = Array.from({ length: PEERS }, async () => createOverlayNode())

    await withNodes(
      [createOverlayNode({ clock, links: { maxLinks: MAX_LINKS } }), ...peers],
      async (hub: OverlayNode, ...others: OverlayNode[]) => {
        const { nebula } = hub.services
        const idle = clock.pending
        const counts: number[] = []

        nebula.addEventListener('link:open', () => counts.push(nebula.links().length))

        const outcomes = await Promise.allSettled(
          others.flatMap((other) => [
            nebula.connect(other.getMultiaddrs()),
            other.services.nebula.connect(hub.getMultiaddrs())
          ])
        )

        for (const outcome of outcomes) {
          if (outcome.status === 'rejected') {
            assert.equal((outcome.reason as { reason?: string }).reason, 'MAX_LINKS')
          }
        }

        assert.ok(Math.max(...counts) <= MAX_LINKS, `there were ${Math.max(...counts)} links`)
        assert.equal(nebula.links().length, MAX_LINKS)
        await until(
          'the others agree',
          () => others.filter(({ services }) => services.nebula.links().length === 1).length === MAX_LINKS
        )

        // the streams of attempts are gone, those of the links are there
        await until('one stream a link is left', () => overlayStreams(hub).length === MAX_LINKS)
        assert.equal(clock.pending, idle + SCORES_TIMER)

        await Promise.all(nebula.peers().map(async (peer) => nebula.disconnect(peer)))
        assert.deepEqual(nebula.links(), [])
        await until('no stream is left', () => overlayStreams(hub).length === 0)
        await until('no stream is left at the others', () =>
          others.every((o) => overlayStreams(o).length === 0)
        )
        assert.equal(clock.pending, idle + SCORES_TIMER + RESTRICTIONS_TIMER)

        // whoever was refused finds room now
        const [other] = others.filter(({ peerId }) => nebula.applyRestrictions([peerId]).length === 1)

        assert.ok(other != null)
        assert.ok((await other.services.nebula.connect(hub.getMultiaddrs())).peer.equals(hub.peerId))
      }
    )
  })

  it('counts attempts: one that fails makes room for another', async () => {
    await withNodes(
      [
        createOverlayNode({ links: { maxLinks: 1 } }),
        createOverlayNode({ federation: 'x' }),
        createOverlayNode()
      ],
      async (a: OverlayNode, stranger: OverlayNode, b: OverlayNode) => {
        await assert.rejects(a.services.nebula.connect(stranger.getMultiaddrs()), {
          reason: 'FEDERATION_MISMATCH'
        })
        await a.services.nebula.connect(b.getMultiaddrs())
        assert.equal(a.services.nebula.links().length, 1)
      }
    )
  })

  it('leaves the peer that is linked room to replace its link', async () => {
    await withNodes(
      [createOverlayNode({ links: { maxLinks: 1 } }), createOverlayNode()],
      async (a: OverlayNode, b: OverlayNode) => {
        await b.services.nebula.connect(a.getMultiaddrs())
        await until('a has it', () => a.services.nebula.links().length === 1)
        b.getConnections(a.peerId).forEach((connection) => connection.abort(new Error('cable pulled')))
        await until('b has lost it', () => b.services.nebula.links().length === 0)
        await b.services.nebula.connect(a.getMultiaddrs())
      }
    )
  })
})
