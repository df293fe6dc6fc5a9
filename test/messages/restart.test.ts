import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { MemoryDatastore } from 'datastore-core'
import { createMessage } from '../../src/messages/index.ts'
import { shiftedClock } from '../support/shifted-clock.ts'
import { createOverlayNode, has, linkNodes, until, withNodes } from '../support/overlay-nodes.ts'
import { Messages } from './support/messages-of.ts'
import type { Datastore } from 'interface-datastore'
import type { OverlayNode } from '../support/overlay-nodes.ts'

const MINUTE = 60_000
const DAY = 1_440 * MINUTE
const ready = createMessage('federation', 'federation_ready')

/** Runs of one node: its identity and what it keeps stay, the clock does not. */
async function restartable(): Promise<Run> {
  const privateKey = await generateKeyPair('Ed25519')
  const kept = new MemoryDatastore()

  return async (offset, datastore = kept) =>
    createOverlayNode({ clock: shiftedClock(offset) }, { privateKey, datastore })
}

/** @param datastore - another than the one that the runs share: an old copy of it */
type Run = (offset: number, datastore?: Datastore) => Promise<OverlayNode>

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

describe('a node whose data is an old copy', () => {
  /** Runs once, and then once more with empty data, between the two of which the proxy and the one behind it live on. */
  async function scene(
    offset: number,
    run: (node: OverlayNode, proxy: OverlayNode, messages: Messages) => Promise<void>
  ): Promise<void> {
    const start = await restartable()

    await withNodes(
      [createOverlayNode({ proxy: true }), createOverlayNode()],
      async (proxy: OverlayNode, behind: OverlayNode) => {
        const messages = new Messages(behind)

        await linkNodes(proxy, behind)
        await withNodes([start(0)], async (node: OverlayNode) => {
          await linkNodes(node, proxy)
          await node.services.nebula.sendToNeighbours(ready)
          await messages.reach(1)
        })
        await until('the proxy has noticed', () => proxy.services.nebula.links().length === 1)
        await withNodes([start(offset, new MemoryDatastore())], async (node: OverlayNode) => {
          await linkNodes(node, proxy)
          await run(node, proxy, messages)
        })
      }
    )
  }

  it('reaches those behind a proxy with its first message while its clock is right', async () => {
    await scene(0, async (node, _proxy, messages) => {
      await node.services.nebula.sendToNeighbours(ready)
      await messages.reach(2)
      assert.deepEqual(node.services.nebula.warnings(), [])
    })
  })

  it('and whose clock was set back, is told that a message was taken for a replay, and sends it again', async () => {
    await scene(-2 * MINUTE, async (node, proxy, messages) => {
      const told: string[] = []

      for (const type of ['warning', 'warning:end'] as const) {
        node.services.nebula.addEventListener(type, ({ detail: { code, subject } }) => {
          if (code === 'messages-taken-for-replays') {
            told.push(`${type} ${subject}`)
          }
        })
      }

      await node.services.nebula.sendToNeighbours(ready)
      await messages.reach(2)
      assert.deepEqual(told, [`warning ${proxy.peerId}`, `warning:end ${proxy.peerId}`])
      await node.services.nebula.sendToNeighbours(ready)
      await messages.reach(3)
      assert.equal(told.length, 2)
    })
  })
})
