import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { nebula_handshake as pb } from '../../proto/handshake.js'
import {
  createOverlayNode,
  createStockNode,
  next,
  RawHandshake,
  until,
  withNodes
} from '../support/overlay-nodes.ts'
import type { HandshakeError } from '../../src/index.ts'
import type { Libp2p } from '@libp2p/interface'

/** Nothing listens there. */
const NOBODY = multiaddr('/ip4/127.0.0.1/tcp/1')

/** A bare libp2p node that answers each attempt with the reason. */
async function refuseWith(node: Libp2p, reason: pb.Reason): Promise<void> {
  await node.handle('/nebula/handshake/1.0.0', async (stream) => {
    const raw = new RawHandshake(stream)
    const { hello } = await raw.read()

    await raw.send({
      welcome: { status: pb.Status.CLOSE, reason, attempt: hello?.attempt ?? 0n, direct: true }
    })
  })
}

describe('the neighbours that are named at run time', () => {
  it('are missing when they claim to be this node', async () => {
    await withNodes([createOverlayNode(), createStockNode()] as const, async (node, liar) => {
      await refuseWith(liar, pb.Reason.SELF)

      const failed = next(node, 'join:failed')
      const neighbours = liar.getMultiaddrs().slice(0, 1)
      const started = node.services.nebula.startCommunications(neighbours, { timeout: 1_000 })

      await assert.rejects(started, { name: 'MissingNeighboursError', missing: neighbours.map(String) })
      assert.equal(((await failed).error as HandshakeError).reason, 'SELF')
      assert.ok(node.services.nebula.runReconnections().some((peer) => peer.equals(liar.peerId)))
    })
  })

  it('are no longer waited for when the node stops, which then does not run', async () => {
    for (const graceTime of [0, 3_600_000]) {
      await withNodes([createOverlayNode(), createOverlayNode()] as const, async (node, other) => {
        const { nebula } = node.services
        const running: boolean[] = []

        await nebula.connect(other.getMultiaddrs())
        other.services.nebula.addEventListener('link:close', () => running.push(nebula.running))

        const timeout = 3_600_000
        const started = nebula.startCommunications([NOBODY], { graceTime, timeout })
        const rejected = assert.rejects(started, { name: 'AbortError', message: 'The overlay was stopped' })
        const stopped = node.stop()
        const late = nebula.startCommunications([NOBODY], { graceTime, timeout })
        const lateRejected = assert.rejects(late, ({ name }: Error) => /^(Abort|NotStarted)Error$/.test(name))

        await Promise.all([stopped, rejected, lateRejected])
        await until('the goodbye has come', () => running.length > 0)
        assert.deepEqual(running, [false])
        await assert.rejects(nebula.startCommunications([NOBODY]), { name: 'NotStartedError' })
      })
    }
  })

  it('can be named again after a stop and a start', async () => {
    await withNodes([createOverlayNode(), createOverlayNode()] as const, async (node, other) => {
      await node.stop()
      await node.start()
      assert.equal(node.services.nebula.running, true)
      await node.services.nebula.startCommunications(other.getMultiaddrs())
    })
  })

  it('are each told once, however many names they have', async () => {
    await withNodes([createOverlayNode(), createOverlayNode()] as const, async (node, other) => {
      const linked = await node.services.nebula.startCommunications(other.getMultiaddrs())

      assert.ok(other.getMultiaddrs().length > 1)
      assert.deepEqual(linked.map(String), [String(other.peerId)])
    })
  })
})
