import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { MAX_CLOCK_DIFFERENCE_MS } from '../../src/links/constants.ts'
import { PeerClocks } from '../../src/links/index.ts'
import { shiftedClock } from '../support/shifted-clock.ts'
import {
  createOverlayNode,
  createStockNode,
  linkNodes,
  RawHandshake,
  rawHello,
  withNodes
} from '../support/overlay-nodes.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { fakeLink } from './support.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'
import type { Libp2p } from '@libp2p/interface'

const DAY = 86_400_000

describe('clocks that differ', () => {
  for (const [name, offset, text] of [
    ['a day ahead', DAY, /24 hours/],
    ['ten years ahead', 3_650 * DAY, /10 years/],
    ['at 1970', 1_000 - Date.now(), /5\d years/]
  ] as const) {
    it(`are told at both ends, whichever dials, and refuse nothing: ${name}`, async () => {
      for (const dials of ['right', 'wrong'] as const) {
        await withNodes(
          [createOverlayNode(), createOverlayNode({ clock: shiftedClock(offset) })],
          async (right: OverlayNode, wrong: OverlayNode) => {
            await (dials === 'right' ? linkNodes(right, wrong) : linkNodes(wrong, right))

            const sides = offset > 0 ? ['ahead of', 'behind'] : ['behind', 'ahead of']

            for (const [index, [node, peer]] of [
              [right, wrong] as const,
              [wrong, right] as const
            ].entries()) {
              const [warning, ...others] = node.services.nebula.warnings()

              assert.ok(warning != null)
              assert.deepEqual(others, [])
              assert.equal(warning.code, 'clock-differs')
              assert.equal(warning.subject, peer.peerId.toString())
              assert.match(warning.message, text)
              assert.ok(warning.message.includes(` ${sides[index]} the clock of this node`), warning.message)
            }
          }
        )
      }
    })
  }

  it('are over when the peer comes back with another, and not told below the limit', async () => {
    const privateKey = await generateKeyPair('Ed25519')
    const run = async (offset: number): Promise<OverlayNode> =>
      createOverlayNode({ clock: shiftedClock(offset) }, { privateKey })

    await withNodes([createOverlayNode()], async (node: OverlayNode) => {
      const told: string[] = []

      node.services.nebula.addEventListener('warning', ({ detail }) => told.push(`+${detail.code}`))
      node.services.nebula.addEventListener('warning:end', ({ detail }) => told.push(`-${detail.code}`))

      for (const offset of [DAY, MAX_CLOCK_DIFFERENCE_MS / 2, 0]) {
        await withNodes([run(offset)], async (peer: OverlayNode) => linkNodes(peer, node))
      }

      assert.deepEqual(told, ['+clock-differs', '-clock-differs'])
      assert.deepEqual(node.services.nebula.warnings(), [])
    })
  })

  it('are not told of a peer that does not say what time it has, and are of one that says anything', async () => {
    for (const [time, warnings] of [
      [undefined, 0],
      [0n, 1],
      [2n ** 64n - 1n, 1]
    ] as const) {
      await withNodes([createStockNode(), createOverlayNode()], async (node: Libp2p, ours: OverlayNode) => {
        const raw = await RawHandshake.open(await node.dial(ours.getMultiaddrs()))

        await raw.send(rawHello({ node: { time } }))
        assert.equal((await raw.read()).welcome?.status, 'NEW')
        assert.equal(ours.services.nebula.warnings().length, warnings)
      })
    }
  })

  it('are over when the own clock is set right, and not begun by a machine that slept', async () => {
    const ended: Array<string | undefined> = []
    const raised: Array<string | undefined> = []
    const warnings = {
      raise: ({ subject }: { subject?: string }) => raised.push(subject),
      end: (_code: string, subject?: string) => ended.push(subject)
    }
    const [ahead, same] = [fakeLink(await createPeerId()), fakeLink(await createPeerId())]
    const clocks = new PeerClocks({ links: [ahead, same], warnings })

    ahead.clockDifference = DAY
    same.clockDifference = 10
    clocks.linked(ahead)
    clocks.linked(same)
    assert.deepEqual([raised, ended], [[ahead.peer.toString()], [same.peer.toString()]])

    ended.length = 0
    clocks.leapt(DAY + 300)
    assert.deepEqual([raised, ended], [[ahead.peer.toString()], [ahead.peer.toString()]])
  })
})
