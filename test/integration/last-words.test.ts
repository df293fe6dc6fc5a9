import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { discardingMuxer } from '../support/discarding-muxer.ts'
import { createOverlayNode, linkNodes, until, has, withNodes } from '../support/overlay-nodes.ts'
import type { NebulaInit } from '../../src/index.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'

const ROUNDS = 5

/** A node that throws away what it has not read when a reset comes; `losses` has the bytes of each time. */
async function careless(losses: number[], init: NebulaInit = {}): Promise<OverlayNode> {
  return createOverlayNode(init, { streamMuxers: [discardingMuxer((bytes) => losses.push(bytes))] })
}

describe('what a node says last reaches a peer that discards on reset', () => {
  it('that a message was taken which ended the link', async () => {
    const losses: number[] = []

    await withNodes([careless(losses), createOverlayNode()], async (a: OverlayNode, b: OverlayNode) => {
      const { nebula } = a.services

      for (let round = 0; round < ROUNDS; round++) {
        await linkNodes(a, b)
        await nebula.send(b.peerId, nebula.createMessage('control', 'overhead', { log: 'before' }))
        // acknowledged, though the link is over
        await nebula.send(b.peerId, nebula.createMessage('connection', 'disconnect'))
        await until('the link is closed at both ends', () => !has(a, b.peerId) && !has(b, a.peerId))
        await nebula.clearRestrictions()
        await b.services.nebula.clearRestrictions()
      }

      assert.deepEqual(losses, [])
    })
  })

  it('that messages were taken before this node closed the link', async () => {
    const losses: number[] = []

    await withNodes([careless(losses), createOverlayNode()], async (a: OverlayNode, b: OverlayNode) => {
      const { nebula } = a.services
      const message = nebula.createMessage('control', 'overhead', { log: 'x' })

      for (let round = 0; round < ROUNDS; round++) {
        await linkNodes(a, b)
        await nebula.send(b.peerId, message)

        let taken = 0
        const closed = Promise.withResolvers<unknown>()
        const onMessage = (): void => {
          if (++taken === 10) {
            b.services.nebula.disconnect(a.peerId).then(closed.resolve, closed.reject)
          }
        }

        b.services.nebula.addEventListener('message:control:overhead', onMessage)

        const outcomes = await Promise.allSettled(
          Array.from({ length: 20 }, async () => nebula.send(b.peerId, message))
        )

        await closed.promise
        b.services.nebula.removeEventListener('message:control:overhead', onMessage)

        const acknowledged = outcomes.filter(({ status }) => status === 'fulfilled').length

        assert.ok(acknowledged >= 10, `${acknowledged} of the ${taken} taken are acknowledged`)
        await until('the link is closed at both ends', () => !has(a, b.peerId) && !has(b, a.peerId))
        await nebula.clearRestrictions()
        await b.services.nebula.clearRestrictions()
      }

      assert.deepEqual(losses, [])
    })
  })

  it('that a model was taken before the link was closed', async () => {
    const losses: number[] = []

    await withNodes([careless(losses), createOverlayNode()], async (a: OverlayNode, b: OverlayNode) => {
      b.services.nebula.addEventListener('model:update', () => {
        b.services.nebula.disconnect(a.peerId).catch(() => {})
      })

      for (let round = 1; round <= ROUNDS; round++) {
        await linkNodes(a, b)

        const [delivery] = await a.services.nebula.sendModel([b.peerId], {
          payload: new Uint8Array(1_000).fill(round),
          round
        })

        assert.ok(delivery != null)
        await until('the link is closed at both ends', () => !has(a, b.peerId) && !has(b, a.peerId))
        await a.services.nebula.clearRestrictions()
        await b.services.nebula.clearRestrictions()
      }

      assert.deepEqual(losses, [])
    })
  })
})
