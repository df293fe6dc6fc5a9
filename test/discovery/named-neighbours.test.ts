import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { nebula_handshake as pb } from '../../proto/handshake.js'
import {
  createOverlayNode,
  createStockNode,
  has,
  next,
  RawHandshake,
  until,
  withNodes
} from '../support/overlay-nodes.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'
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

  it('are dialled at once when they are named again', async () => {
    const joining = { retryDelay: 3_600_000, maxRetryDelay: 3_600_000 }
    const listen = async (port: number): Promise<OverlayNode> =>
      createOverlayNode({}, { addresses: { listen: [`/ip4/127.0.0.1/tcp/${port}`] } })

    await withNodes([createOverlayNode({ joining })] as const, async (node) => {
      const { nebula } = node.services
      const before = await listen(0)
      const [address] = before.getMultiaddrs().map((addr) => addr.decapsulate('/p2p'))

      assert.ok(address != null)
      await before.stop()
      await assert.rejects(nebula.startCommunications([address], { timeout: 200 }), {
        name: 'MissingNeighboursError'
      })

      await withNodes([listen(Number(address.toString().split('/')[4]))] as const, async (after) => {
        const linked = await nebula.startCommunications([address])

        assert.deepEqual(linked.map(String), [String(after.peerId)])
        // neither of the two is dialled before a long time has passed
        await nebula.disconnect(after.peerId, { restrict: false })
        await nebula.startCommunications([address])
        assert.ok(has(node, after.peerId))
      })
    })
  })

  it('are welcome again after this node has disconnected them, unless they are banned', async () => {
    await withNodes([createOverlayNode(), createOverlayNode()] as const, async (node, other) => {
      const { nebula } = node.services
      const [address] = other.getMultiaddrs()

      assert.ok(address != null)

      for (const name of [address, other.peerId, address.decapsulate('/p2p')]) {
        await nebula.connect(address)
        await nebula.disconnect(other.peerId)
        await nebula.startCommunications([name])
        assert.deepEqual(nebula.restrictions(), [])
      }

      await nebula.addToBlacklist(other.peerId)
      await assert.rejects(nebula.startCommunications([address], { timeout: 300 }), {
        name: 'MissingNeighboursError'
      })
      assert.equal(nebula.restrictions()[0]?.kind, 'blacklisted')
    })
  })

  it('are given up on demand when their link was lost', async () => {
    const joining = { retryDelay: 3_600_000, maxRetryDelay: 3_600_000 }

    await withNodes([createOverlayNode({ joining })] as const, async (node) => {
      const { nebula } = node.services
      // it does not dial either
      const other = await createOverlayNode({
        links: { redialDelay: 3_600_000, maxRedialDelay: 3_600_000 }
      })

      await nebula.startCommunications(other.getMultiaddrs())
      assert.equal(nebula.terminateFailedReconnection(other.peerId), false)

      const lost = next(node, 'link:redial')

      other.getConnections().forEach((connection) => connection.abort(new Error('cable pulled')))
      await lost
      await other.stop()
      assert.equal(nebula.redialling(other.peerId), true)
      assert.equal(nebula.terminateFailedReconnection(other.peerId), true)
      assert.equal(nebula.redialling(other.peerId), false)
      assert.deepEqual(nebula.runReconnections(), [])
      assert.deepEqual(
        nebula.restrictions().map(({ peer, kind }) => [String(peer), kind]),
        [[String(other.peerId), 'recently-disconnected']]
      )
    })
  })
})
