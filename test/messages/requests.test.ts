import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createMessage } from '../../src/messages/index.ts'
import { createOverlayNode, linkNodes, next, withNodes } from '../support/overlay-nodes.ts'
import { RawPeer } from './support/raw-peer.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'

const PATIENT = { timeout: 120_000 }

async function linked(
  run: (asker: OverlayNode, other: OverlayNode, third: OverlayNode) => Promise<void>
): Promise<void> {
  await withNodes(
    [createOverlayNode(), createOverlayNode(), createOverlayNode()] as const,
    async (asker: OverlayNode, other: OverlayNode, third: OverlayNode) => {
      await linkNodes(asker, other)
      await linkNodes(third, asker)
      await run(asker, other, third)
    }
  )
}

/** Replies to every request with its payload reversed. */
function echo({ services: { nebula } }: OverlayNode): void {
  nebula.addEventListener('message:app:request', ({ detail }) => {
    const { payload } = detail.message.fields

    void nebula.reply(detail, payload.toReversed())
  })
}

describe('a request of the application', () => {
  it('gets the reply to it, whatever their order', async () => {
    await linked(async (asker, other) => {
      echo(other)

      const { nebula } = asker.services
      const replies = await Promise.all(
        Array.from({ length: 50 }, async (_, i) =>
          nebula.request(other.peerId, { topic: 'echo', payload: Uint8Array.of(i, 0) }, PATIENT)
        )
      )

      assert.deepEqual(
        replies.map((reply) => [...reply]),
        Array.from({ length: 50 }, (_, i) => [0, i])
      )
    })
  })

  it('tells the other application its topic and its payload', async () => {
    await linked(async (asker, other) => {
      const arrived = next(other, 'message:app:request')
      const reply = asker.services.nebula.request(other.peerId, { topic: 'metrics' }, PATIENT)
      const request = await arrived

      assert.equal(request.message.fields.topic, 'metrics')
      assert.equal(request.message.fields.payload.byteLength, 0)
      await other.services.nebula.reply(request, Uint8Array.of(1))
      assert.deepEqual([...(await reply)], [1])
    })
  })

  it('ends when its time or its signal does, and without a link', async () => {
    await linked(async (asker, other, third) => {
      const { nebula } = asker.services
      const controller = new AbortController()
      const waiting = nebula.request(
        other.peerId,
        { topic: 'silence' },
        { ...PATIENT, signal: controller.signal }
      )

      await assert.rejects(nebula.request(other.peerId, { topic: 'silence' }, { timeout: 50 }), {
        name: 'TimeoutError'
      })
      controller.abort()
      await assert.rejects(waiting, { name: 'AbortError' })
      await assert.rejects(other.services.nebula.request(third.peerId, { topic: 'x' }), {
        name: 'NotLinkedError'
      })
    })
  })

  it('ends when the node stops', async () => {
    await linked(async (asker, other) => {
      const arrived = next(other, 'message:app:request')
      const reply = asker.services.nebula.request(other.peerId, { topic: 'silence' }, { timeout: Infinity })
      const ended = assert.rejects(reply, { name: 'AbortError' })

      await arrived
      await asker.stop()
      await ended
    })
  })

  it('is not answered by another peer, which knows its id', async () => {
    await linked(async (asker, other, third) => {
      const arrived = next(other, 'message:app:request')
      const reply = asker.services.nebula.request(other.peerId, { topic: 'secret' }, PATIENT)
      const request = await arrived
      const { requestId } = request.message.fields
      const forged = createMessage('app', 'reply', { requestId, payload: Uint8Array.of(66) })
      const heard = next(asker, 'message:app:reply')

      await new RawPeer(third, asker).send(forged, third.peerId.toString(), { seqno: 1n })
      await heard
      await other.services.nebula.reply(request, Uint8Array.of(1))
      assert.deepEqual([...(await reply)], [1])
    })
  })

  it('is not passed on by a proxy', async () => {
    await withNodes(
      [createOverlayNode(), createOverlayNode({ proxy: true }), createOverlayNode()] as const,
      async (asker: OverlayNode, proxy: OverlayNode, far: OverlayNode) => {
        await linkNodes(asker, proxy)
        await linkNodes(proxy, far)

        const names: string[] = []

        far.services.nebula.addEventListener('message', ({ detail }) => names.push(detail.message.type))

        const start = next(far, 'message:federation:federation_start')

        await asker.services.nebula.send(proxy.peerId, createMessage('app', 'notify', { topic: 'near' }))
        await asker.services.nebula.send(proxy.peerId, createMessage('federation', 'federation_start'))
        await start
        assert.deepEqual(names, ['federation'])
      }
    )
  })

  it('cannot be replied to when it is none', async () => {
    await linked(async (asker, other) => {
      const message = createMessage('control', 'alive')
      const { peerId } = other

      await assert.rejects(
        asker.services.nebula.reply({ source: peerId, from: peerId, message }, new Uint8Array(0)),
        { name: 'InvalidMessageError' }
      )
    })
  })
})
