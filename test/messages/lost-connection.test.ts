import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { ping } from '../../protocols/ping.ts'
import { createOverlayNode, createStockNode, next, withNodes } from '../support/overlay-nodes.ts'
import { TcpForwarder } from '../support/tcp-forwarder.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'

const ROUNDS = 10
const MESSAGES = 2_000

/** What became of each message of one link: what the sender was told, and what the receiver got. */
interface Outcome {
  accepted: Set<string>
  rejected: Map<string, string>
  received: string[]
}

/** Sends numbered messages over a connection that is lost while they are under way. */
async function loseConnection(sender: OverlayNode, receiver: OverlayNode, round: number): Promise<Outcome> {
  const outcome: Outcome = { accepted: new Set(), rejected: new Map(), received: [] }
  const forwarder = await TcpForwarder.to(portOf(receiver))
  const { nebula } = sender.services
  const onMessage = ({ detail }: { detail: { message: { fields: object } } }): void => {
    outcome.received.push((detail.message.fields as { log: string }).log)
  }

  try {
    await nebula.connect(multiaddr(`/ip4/127.0.0.1/tcp/${forwarder.port}`))
    receiver.services.nebula.addEventListener('message:control:alive', onMessage)
    const closed = [next(sender, 'link:close'), next(receiver, 'link:close')]
    const first = next(receiver, 'message:control:alive')
    const sends = Array.from({ length: MESSAGES }, async (_, index) => {
      const log = `${round}/${index} `.padEnd(200, '.')

      try {
        await nebula.send(receiver.peerId, nebula.createMessage('control', 'alive', { log }))
        outcome.accepted.add(log)
      } catch (err) {
        outcome.rejected.set(log, (err as Error).name)
      }
    })

    // as soon as there is one, so that others are still under way
    await first
    forwarder.cut()
    await Promise.all([...sends, ...closed])
  } finally {
    await forwarder.close()
    receiver.services.nebula.removeEventListener('message:control:alive', onMessage)
  }

  return outcome
}

describe('a connection that is lost while messages are under way', () => {
  it('loses no message that was accepted', async () => {
    await withNodes([createOverlayNode(), createOverlayNode()] as const, async (sender, receiver) => {
      for (let round = 0; round < ROUNDS; round++) {
        const { accepted, rejected, received } = await loseConnection(sender, receiver, round)
        const arrived = new Set(received)

        assert.deepEqual(
          [...accepted].filter((log) => !arrived.has(log)),
          [],
          `lost in round ${round}`
        )
        assert.equal(arrived.size, received.length, 'none came twice')
        assert.equal(accepted.size + rejected.size, MESSAGES)
        // the connection was lost while there were some under way
        assert.ok(rejected.size > 0)
        assert.deepEqual([...new Set(rejected.values())], ['UnacknowledgedError'])
      }
    })
  })

  it('settles what is sent while nothing passes any more', async () => {
    await withNodes(
      [createOverlayNode(), createOverlayNode(), createStockNode()] as const,
      async (sender, receiver, other) => {
        const { nebula } = sender.services
        const forwarder = await TcpForwarder.to(portOf(receiver))

        try {
          await nebula.connect(multiaddr(`/ip4/127.0.0.1/tcp/${forwarder.port}`))
          await nebula.send(receiver.peerId, nebula.createMessage('control', 'alive'))
          forwarder.stall()
          const sent = nebula.send(receiver.peerId, nebula.createMessage('control', 'alive'))
          let settled = false

          sent.finally(() => (settled = true)).catch(() => {})
          // for which there is time now
          await ping(await other.dial(receiver.getMultiaddrs()), {})
          assert.equal(settled, false)
          forwarder.resume()
          await sent
          forwarder.stall()
          const lost = nebula.send(receiver.peerId, nebula.createMessage('control', 'alive'))

          forwarder.cut()
          await assert.rejects(lost, { name: 'UnacknowledgedError' })
        } finally {
          await forwarder.close()
        }
      }
    )
  })
})

function portOf(node: OverlayNode): number {
  return Number(node.getMultiaddrs()[0]?.toString().split('/')[4])
}
