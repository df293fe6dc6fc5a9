import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, it } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { nebula_handshake as pb } from '../../proto/handshake.js'
import {
  createOverlayNode,
  createStockNode,
  has,
  RawHandshake,
  rawHello,
  until,
  withNodes
} from '../support/overlay-nodes.ts'
import { ManualClock } from '../support/manual-clock.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'
import type { Libp2p, Stream } from '@libp2p/interface'
import type { AddressInfo } from 'node:net'

function tcpPort(node: Libp2p): string {
  const port = node
    .getMultiaddrs()
    .find((addr) => !addr.toString().includes('/ws'))
    ?.getComponents()
    .find(({ name }) => name === 'tcp')?.value

  assert.ok(port != null)

  return port
}

/** Reads the Hello and sends a Welcome. */
async function answer(stream: Stream, status: pb.Status): Promise<RawHandshake> {
  const remote = new RawHandshake(stream)
  const { hello } = await remote.read()
  const { node } = rawHello().hello

  await remote.send({
    welcome: { status, reason: pb.Reason.UNSPECIFIED, attempt: 0n, direct: hello?.direct === true, node }
  })

  return remote
}

describe('connect', () => {
  const targets: Array<{ id: string; of(node: OverlayNode): string[] }> = [
    { id: 'an address without a PeerId', of: (node) => [`/ip4/127.0.0.1/tcp/${tcpPort(node)}`] },
    { id: 'a DNS name', of: (node) => [`/dns4/localhost/tcp/${tcpPort(node)}`] },
    {
      id: 'a DNS name with the PeerId',
      of: (node) => [`/dns4/localhost/tcp/${tcpPort(node)}/p2p/${node.peerId}`]
    },
    {
      id: 'several addresses, the first of them dead',
      of: (node) => [
        `/ip4/127.0.0.1/tcp/1/p2p/${node.peerId}`,
        `/ip4/127.0.0.1/tcp/${tcpPort(node)}/p2p/${node.peerId}`
      ]
    }
  ]

  for (const { id, of } of targets) {
    it(`takes ${id}`, async () => {
      await withNodes([createOverlayNode(), createOverlayNode()], async (a: OverlayNode, b: OverlayNode) => {
        const addrs = of(b).map((text) => multiaddr(text))
        const link = await a.services.nebula.connect(addrs.length === 1 && addrs[0] ? addrs[0] : addrs)

        assert.ok(link.peer.equals(b.peerId))

        // whoever is linked is not linked again under another name
        const again = await a.services.nebula.connect(multiaddr(`/ip4/127.0.0.1/tcp/${tcpPort(b)}`))

        assert.equal(again.openedAt, link.openedAt)
        assert.equal(a.services.nebula.links().length, 1)
      })
    })
  }

  it('takes a PeerId whose addresses libp2p knows', async () => {
    await withNodes([createOverlayNode(), createOverlayNode()], async (a: OverlayNode, b: OverlayNode) => {
      await a.peerStore.patch(b.peerId, { multiaddrs: b.getMultiaddrs() })
      assert.ok((await a.services.nebula.connect(b.peerId)).peer.equals(b.peerId))
    })
  })

  it('does not link with whoever answers at the address of another peer', async () => {
    await withNodes(
      [createOverlayNode(), createOverlayNode(), createOverlayNode()],
      async (a: OverlayNode, b: OverlayNode, c: OverlayNode) => {
        const forged = multiaddr(`/ip4/127.0.0.1/tcp/${tcpPort(b)}/p2p/${c.peerId}`)

        await assert.rejects(a.services.nebula.connect(forged))
        assert.deepEqual(a.services.nebula.links(), [])
      }
    )
  })

  it('takes an upgrade to direct by address', async () => {
    await withNodes([createOverlayNode(), createOverlayNode()], async (a: OverlayNode, b: OverlayNode) => {
      const addr = multiaddr(`/ip4/127.0.0.1/tcp/${tcpPort(b)}`)

      assert.equal((await a.services.nebula.connect(addr, { direct: false })).direct, false)
      assert.equal((await a.services.nebula.connect(addr)).direct, true)
    })
  })

  it('rejects an empty list of addresses', async () => {
    await withNodes([createOverlayNode()], async (a: OverlayNode) => {
      await assert.rejects(a.services.nebula.connect([]), Error)
    })
  })

  it('resolves at both ends of a simultaneous dial as soon as the link is there', async () => {
    // the clocks stand still: nothing that waits for a time to pass ever ends
    const clocks = [new ManualClock(), new ManualClock()]

    await withNodes(
      [createOverlayNode({ clock: clocks[0] }), createOverlayNode({ clock: clocks[1] })],
      async (a: OverlayNode, b: OverlayNode) => {
        for (let round = 0; round < 15; round++) {
          const made = await Promise.all([
            a.services.nebula.connect(b.getMultiaddrs()),
            b.services.nebula.connect(a.getMultiaddrs())
          ])

          assert.equal(made.length, 2)
          assert.deepEqual([has(a, b.peerId), has(b, a.peerId)], [true, true])
          await a.services.nebula.disconnect(b.peerId)
          await until('b knows', () => !has(b, a.peerId))
          await Promise.all([a, b].map(async (node) => node.services.nebula.clearRestrictions()))
          await Promise.all([a.hangUp(b.peerId), b.hangUp(a.peerId)])
        }
      }
    )
  })

  it('tries again after PENDING when no attempt of the peer follows, and gives up in the end', async () => {
    await withNodes(
      [createStockNode(), createOverlayNode({ links: { maxAttempts: 3, attemptDelay: 1 } })],
      async (raw: Libp2p, ours: OverlayNode) => {
        let hellos = 0

        await raw.handle('/nebula/handshake/1.0.0', async (stream) => {
          hellos++
          await answer(stream, pb.Status.PENDING)
          await stream.close()
        })
        await assert.rejects(ours.services.nebula.connect(raw.getMultiaddrs()), {
          name: 'HandshakeError',
          status: 'PENDING'
        })
        assert.equal(hellos, 3)
      }
    )
  })

  it('ends the wait after PENDING at once when its signal is aborted', async () => {
    const clock = new ManualClock()

    await withNodes(
      [createStockNode(), createOverlayNode({ clock })],
      async (raw: Libp2p, ours: OverlayNode) => {
        const idle = clock.pending
        const answered = Promise.withResolvers<void>()

        await raw.handle('/nebula/handshake/1.0.0', async (stream) => {
          await answer(stream, pb.Status.PENDING)
          await stream.close()
          answered.resolve()
        })

        const controller = new AbortController()
        const connecting = ours.services.nebula.connect(raw.getMultiaddrs(), { signal: controller.signal })

        await answered.promise
        await until('it waits', () => clock.pending === idle + 1)
        controller.abort()
        await assert.rejects(connecting, { name: 'AbortError' })
        await until('no timer is left', () => clock.pending === idle)
      }
    )
  })

  it('links at once after an attempt that was aborted', async () => {
    await withNodes([createOverlayNode(), createOverlayNode()], async (a: OverlayNode, b: OverlayNode) => {
      await a.dial(b.getMultiaddrs())

      for (let turns = 0; turns < 12; turns++) {
        const controller = new AbortController()
        const given = a.services.nebula.connect(b.peerId, { signal: controller.signal })

        for (let turn = 0; turn < turns; turn++) {
          await Promise.resolve()
        }

        controller.abort()
        await assert.rejects(given, { name: 'AbortError' })
        assert.ok((await a.services.nebula.connect(b.peerId)).peer.equals(b.peerId))
        await a.services.nebula.disconnect(b.peerId)
        await until('b knows', () => !has(b, a.peerId))
        await b.services.nebula.clearRestrictions()
      }
    })
  })

  it('gives up the dial of a peer that is disconnected meanwhile', async () => {
    // reads, so that it notices when the other end lets go
    const silent = createServer((socket) => socket.resume()).listen(0, '127.0.0.1')

    await once(silent, 'listening')

    await withNodes([createOverlayNode(), createOverlayNode()], async (a: OverlayNode, b: OverlayNode) => {
      const { port } = silent.address() as AddressInfo
      const connecting = a.services.nebula.connect(multiaddr(`/ip4/127.0.0.1/tcp/${port}/p2p/${b.peerId}`))
      const rejected = assert.rejects(connecting, { name: 'AbortError' })

      await once(silent, 'connection')
      await a.services.nebula.disconnect(b.peerId)
      await rejected
    })
    await new Promise<void>((resolve) => silent.close(() => resolve()))
  })

  it('gives up a peer that cannot be reached in time', async () => {
    // reads, so that it notices when the other end lets go
    const silent = createServer((socket) => socket.resume()).listen(0, '127.0.0.1')

    await once(silent, 'listening')

    await withNodes([createOverlayNode({ links: { dialTimeout: 50 } })], async (a: OverlayNode) => {
      const { port } = silent.address() as AddressInfo

      await assert.rejects(a.services.nebula.connect(multiaddr(`/ip4/127.0.0.1/tcp/${port}`)), {
        name: 'TimeoutError'
      })
    })
    await new Promise<void>((resolve) => silent.close(() => resolve()))
  })

  it('rejects setDirect when the link closes before the answer, and when its signal is aborted', async () => {
    const clock = new ManualClock()

    await withNodes(
      [createStockNode(), createOverlayNode({ clock })],
      async (raw: Libp2p, ours: OverlayNode) => {
        const asked = Promise.withResolvers<() => void>()

        await raw.handle('/nebula/handshake/1.0.0', async (stream) => {
          const remote = await answer(stream, pb.Status.NEW)

          await remote.read()
          asked.resolve(() => stream.abort(new Error('gone')))
        })
        await ours.services.nebula.connect(raw.getMultiaddrs(), { direct: false })

        const controller = new AbortController()
        const aborted = ours.services.nebula.setDirect(raw.peerId, true, { signal: controller.signal })
        const waiting = ours.services.nebula.setDirect(raw.peerId, true)
        const hangUp = await asked.promise

        controller.abort()
        await assert.rejects(aborted, { name: 'AbortError' })
        hangUp()
        await assert.rejects(waiting, { name: 'NotLinkedError' })
        await assert.rejects(ours.services.nebula.setDirect(raw.peerId, true), { name: 'NotLinkedError' })
      }
    )
  })
})
