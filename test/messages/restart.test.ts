import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { MemoryDatastore } from 'datastore-core'
import { createMessage } from '../../src/messages/index.ts'
import { shiftedClock } from '../support/shifted-clock.ts'
import { createOverlayNode, has, linkNodes, until, withNodes } from '../support/overlay-nodes.ts'
import { Messages } from './support/messages-of.ts'
import type { NebulaInit } from '../../src/index.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'

const MINUTE = 60_000
const DAY = 1_440 * MINUTE
const ready = createMessage('federation', 'federation_ready')

/** Runs of one node: its identity and what it keeps stay, the clock does not. */
async function restartable(): Promise<(offset: number, init?: NebulaInit) => Promise<OverlayNode>> {
  const privateKey = await generateKeyPair('Ed25519')
  const datastore = new MemoryDatastore()

  return async (offset, init = {}) =>
    createOverlayNode({ ...init, clock: shiftedClock(offset) }, { privateKey, datastore })
}

describe('a node that is started again with its clock set back', () => {
  for (const [name, runs] of [
    ['by two minutes', [0, -2 * MINUTE]],
    ['by a day', [0, -DAY]],
    ['to 1970', [0, 60_000 - Date.now()]],
    ['to what is right, after years ahead', [3_650 * DAY, 0, 0]]
  ] as const) {
    it(`${name}, reaches those behind a proxy`, async () => {
      const run = await restartable()

      await withNodes(
        [createOverlayNode({ proxy: true }), createOverlayNode()],
        async (proxy: OverlayNode, behind: OverlayNode) => {
          const messages = new Messages(behind)

          await linkNodes(proxy, behind)

          for (const [index, offset] of runs.entries()) {
            await withNodes([run(offset)], async (node: OverlayNode) => {
              await linkNodes(node, proxy)
              await node.services.nebula.sendToNeighbours(ready)
              await messages.reach(index + 1)
            })
            await until('the proxy has noticed', () => proxy.services.nebula.links().length === 1)
          }

          assert.ok(messages.all.every(({ source, from }) => !source.equals(from)))
        }
      )
    })
  }

  it('replaces a link that its peer has not seen the end of', async () => {
    const run = await restartable()

    await withNodes([createOverlayNode(), run(0)], async (peer: OverlayNode, before: OverlayNode) => {
      await linkNodes(before, peer)

      const { openedAt } = peer.services.nebula.link(before.peerId)!

      // the first run lives on, as the peer sees it: what it was has gone without a word
      await withNodes([run(-DAY)], async (after: OverlayNode) => {
        const link = await after.services.nebula.connect(peer.getMultiaddrs())

        assert.ok(link.peer.equals(peer.peerId))
        await until('the peer has the new link', () => {
          const now = peer.services.nebula.link(after.peerId)

          return now != null && now.openedAt !== openedAt
        })
        assert.ok(has(after, peer.peerId))
      })
    })
  })
})
