import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { createOverlayNode, next, until, withNodes } from '../support/overlay-nodes.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'

async function link(a: OverlayNode, b: OverlayNode): Promise<void> {
  const opened = next(b, 'link:open', ({ peer }) => peer.equals(a.peerId))

  await a.services.nebula.connect(b.getMultiaddrs())
  await opened
}

describe('models that are not as they should be', () => {
  it('are not taken a second time once they are no longer kept', async () => {
    const forgetful = createOverlayNode({ models: { modelTtl: 1 } })

    await withNodes([createOverlayNode(), forgetful] as const, async (a, b) => {
      await link(a, b)

      const model = await a.services.nebula.createModel({ payload: randomBytes(1_000), round: 0 })
      const received = next(b, 'model:update')

      await a.services.nebula.sendModel([b.peerId], model)
      await received
      await until('the model is gone', () => b.services.nebula.models().length === 0)
      await assert.rejects(a.services.nebula.sendModel([b.peerId], model), (err: AggregateError) => {
        assert.equal((err.errors[0] as { reason?: string }).reason, 'UNWANTED')

        return true
      })
    })
  })

  it('are not taken from a peer without a link', async () => {
    await withNodes([createOverlayNode(), createOverlayNode()] as const, async (a, b) => {
      await a.dial(b.getMultiaddrs())
      await assert.rejects(
        a.services.nebula.sendModel([b.peerId], { payload: new Uint8Array(1), round: 0 }),
        { name: 'NotLinkedError' }
      )

      const [connection] = a.getConnections(b.peerId)
      const seen: unknown[] = []

      b.services.nebula.addEventListener('model:begin', ({ detail }) => seen.push(detail))
      assert.ok(connection != null)

      const stream = await connection.newStream('/nebula/model/1.0.0')

      await until('the stream is reset', () => stream.status !== 'open')
      assert.deepEqual(seen, [])
    })
  })

  it('of a blacklisted origin are not taken from whoever passes them on', async () => {
    await withNodes(
      [createOverlayNode(), createOverlayNode(), createOverlayNode()] as const,
      async (a, b, c) => {
        await link(a, b)
        await link(b, c)
        await c.services.nebula.addToBlacklist(a.peerId)

        const seen: unknown[] = []
        const atB = next(b, 'model:initialization')

        c.services.nebula.addEventListener('model:begin', ({ detail }) => seen.push(detail))
        await a.services.nebula.sendModel([b.peerId], { payload: randomBytes(100), round: -1 })
        await atB

        const alive = next(c, 'message:control:overhead')

        await b.services.nebula.send(c.peerId, b.services.nebula.createMessage('control', 'overhead'))
        await alive
        assert.deepEqual(seen, [])
      }
    )
  })
})
