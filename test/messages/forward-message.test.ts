import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createMessage } from '../../src/messages/index.ts'
import { encodeWrapper } from '../../src/messages/wrapper.ts'
import { createOverlayNode, linkNodes, next, until, withNodes } from '../support/overlay-nodes.ts'
import { Messages } from './support/messages-of.ts'
import type { NebulaInit, ReceivedMessage } from '../../src/index.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'

const ready = createMessage('federation', 'federation_ready')
const share = createMessage('reputation', 'share', { nodeId: 'somebody', score: 0.5 })
const marker = createMessage('response', '', { response: 'after' })

/** The node between has the two others as neighbours. */
async function line(
  init: NebulaInit,
  run: (nodes: [OverlayNode, OverlayNode, OverlayNode], messages: Messages[]) => Promise<void>
): Promise<void> {
  await withNodes(
    [createOverlayNode(), createOverlayNode(init), createOverlayNode()] as const,
    async (left, between, right) => {
      await linkNodes(left, between)
      await linkNodes(right, between)
      await run(
        [left, between, right],
        [left, between, right].map((node) => new Messages(node))
      )
    }
  )
}

/** Sends a message to the node between, and returns it as that node has received it. */
async function receivedFrom(left: OverlayNode, between: OverlayNode): Promise<ReceivedMessage> {
  const heard = next(between, 'message:reputation:share')

  await left.services.nebula.send(between.peerId, share)

  return heard
}

describe('forwardMessage', () => {
  for (const [what, given] of [
    ['a message', (): typeof ready => ready],
    [
      'the bytes of one',
      ({ peerId }: OverlayNode): Uint8Array => encodeWrapper({ source: peerId.toString(), message: ready })
    ],
    ['bytes without a source', (): Uint8Array => encodeWrapper({ source: '', message: ready })]
  ] as const) {
    it(`sends ${what} to all neighbours but the one it came from`, async () => {
      await line({}, async ([left, between, right], messages) => {
        const { nebula } = between.services

        assert.equal(await nebula.forwardMessage(given(between), { from: left.peerId }), true)
        await messages[2]?.reach(1)
        await nebula.send(left.peerId, marker)
        await messages[0]?.reach(1)
        assert.deepEqual(
          messages.map(({ names }) => names),
          [['response:'], [], ['federation:federation_ready']]
        )
        assert.ok(messages[2]?.all[0]?.source.equals(between.peerId))
        await until('it is ready at the one', () => right.services.nebula.readyPeers().length === 1)
        assert.deepEqual(left.services.nebula.readyPeers(), [])
      })
    })
  }

  it('signs, so that a proxy passes the message on', async () => {
    await line({ proxy: true }, async ([left, , right], messages) => {
      await left.services.nebula.forwardMessage(ready)
      await messages[2]?.reach(1)
      assert.ok(messages[2]?.all[0]?.source.equals(left.peerId))
      assert.equal(right.services.nebula.readyPeers().length, 0)
    })
  })

  it('passes on what a proxy has received, with its source, once, though its type is not in the list', async () => {
    await line({ proxy: true }, async ([left, between], messages) => {
      const { message } = await receivedFrom(left, between)

      assert.equal(await between.services.nebula.forwardMessage(message), true)
      assert.equal(await between.services.nebula.forwardMessage(message), false)
      await messages[2]?.reach(1)
      await between.services.nebula.sendToNeighbours(marker)
      await messages[2]?.reach(2)
      assert.deepEqual(messages[2]?.names, ['reputation:share', 'response:'])
      assert.ok(messages[2]?.all[0]?.source.equals(left.peerId))
      assert.deepEqual(messages[0]?.names, ['response:'])
    })
  })

  it('offers a model to the neighbours but one', async () => {
    await line({}, async ([left, between, right]) => {
      const came = next(right, 'model:update')
      const atLeft: string[] = []

      left.services.nebula.addEventListener('model:begin', ({ detail }) => atLeft.push(detail.id))

      const model = createMessage('model', '', { parameters: Buffer.from('a model'), round: 3 })

      assert.equal(await between.services.nebula.forwardMessage(model, { from: left.peerId }), true)
      assert.equal((await came).round, 3)
      assert.deepEqual(atLeft, [])
    })
  })

  it('goes within the rate of what is passed on', async () => {
    await line({ forwarding: { maxPerOrigin: 1 } }, async ([, between]) => {
      const taken = await Promise.all(
        [1, 2, 3].map(async () => between.services.nebula.forwardMessage(ready))
      )

      assert.ok(taken.includes(true))
      assert.ok(taken.includes(false))
    })
  })

  it('refuses what does not travel, and says why', async () => {
    await line({}, async ([left, between]) => {
      const { nebula } = between.services
      const { message } = await receivedFrom(left, between)
      const foreign = encodeWrapper({ source: left.peerId.toString(), message: ready })

      for (const [given, reason] of [
        [createMessage('control', 'alive'), 'type'],
        [encodeWrapper({ source: '', message: createMessage('connection', 'disconnect') }), 'type'],
        [message, 'no-proxy'],
        [foreign, 'source']
      ] as const) {
        await assert.rejects(nebula.forwardMessage(given), { name: 'NotForwardableError', reason })
      }

      await assert.rejects(nebula.forwardMessage(Uint8Array.of(0xff, 1)), { name: 'InvalidMessageError' })
      await assert.rejects(nebula.forwardMessage(new Uint8Array(0)), { name: 'InvalidMessageError' })
      assert.equal(nebula.links().length, 2)
    })
  })

  it('refuses in a centralised federation, and when the overlay does not run', async () => {
    await line({ proxy: true, forwarding: { centralised: true } }, async ([left, between]) => {
      const { message } = await receivedFrom(left, between)

      await assert.rejects(between.services.nebula.forwardMessage(message), { reason: 'centralised' })
      await between.stop()
      await assert.rejects(between.services.nebula.forwardMessage(ready), { name: 'NotStartedError' })
    })
  })
})
