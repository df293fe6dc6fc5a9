import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { DEADLINE_GRACE_MS } from '../../src/lib/watchdog.ts'
import { nebula_handshake as pb } from '../../proto/handshake.js'
import { ManualClock, passUntil } from '../support/manual-clock.ts'
import {
  createOverlayNode,
  createStockNode,
  has,
  next,
  RawHandshake,
  rawHello,
  until,
  withNodes
} from '../support/overlay-nodes.ts'
import { ended, facing } from './hostile.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'
import type { Libp2p } from '@libp2p/interface'

describe('a handshake with a peer that is not ours', () => {
  it('makes a link with whoever keeps to the protocol, and a Goodbye ends it', async () => {
    await facing({}, async ({ node, connection }, ours) => {
      const raw = await RawHandshake.open(connection)

      await raw.send(
        rawHello({ direct: false, priority: pb.Priority.HIGH, node: { round: 5, roles: ['x'] } })
      )

      const { welcome } = await raw.read()

      assert.equal(welcome?.status, pb.Status.NEW)
      assert.equal(welcome.node?.federation, 'test')

      const link = ours.services.nebula.link(node.peerId)

      assert.deepEqual([link?.direct, link?.priority, link?.round, link?.roles], [false, 'medium', 5, ['x']])

      await raw.send({ change: { id: 77, direct: true } })
      assert.deepEqual((await raw.read()).changed, { id: 77, accepted: true, reason: pb.Reason.UNSPECIFIED })
      assert.equal(ours.services.nebula.link(node.peerId)?.direct, true)

      const closed = next(ours, 'link:close')

      await raw.send({ goodbye: { reason: pb.Reason.REQUESTED } })
      assert.equal((await closed).reason, 'remote')
      await ended(raw)
      assert.deepEqual(ours.services.nebula.restrictions(), [])
    })
  })

  it('answers EXISTS to an attempt older than the link, and takes a newer one in its place', async () => {
    await facing({}, async ({ node, connection }, ours) => {
      const [first, older, newer] = [
        await RawHandshake.open(connection),
        await RawHandshake.open(connection),
        await RawHandshake.open(connection)
      ]

      await first.send(rawHello({ attempt: 100n }))
      assert.equal((await first.read()).welcome?.status, pb.Status.NEW)
      await older.send(rawHello({ attempt: 99n }))
      assert.equal((await older.read()).welcome?.status, pb.Status.EXISTS)

      const replaced = next(ours, 'link:close')

      await newer.send(rawHello({ attempt: 101n }))
      assert.equal((await newer.read()).welcome?.status, pb.Status.NEW)
      assert.equal((await replaced).reason, 'replaced')
      assert.equal(has(ours, node.peerId), true)
      await ended(first)
    })
  })

  const federation = 'x'.repeat(56)
  const violations: Array<{ id: string; send(raw: RawHandshake): Promise<void>; linked?: boolean }> = [
    {
      id: 'a first frame that is no Hello',
      send: async (raw) => raw.send({ goodbye: { reason: pb.Reason.SELF } })
    },
    { id: 'an empty frame', send: async (raw) => raw.sendBytes(new Uint8Array(0)) },
    { id: 'bytes that are no protobuf', send: async (raw) => raw.sendBytes(new Uint8Array([10, 200, 1, 2])) },
    {
      id: 'a Hello without a node',
      send: async (raw) => raw.send({ hello: { ...rawHello().hello, node: undefined } })
    },
    { id: 'a federation of 56 letters', send: async (raw) => raw.send(rawHello({ node: { federation } })) },
    {
      id: 'a federation with a dot',
      send: async (raw) => raw.send(rawHello({ node: { federation: 'a.b' } }))
    },
    { id: '17 roles', send: async (raw) => raw.send(rawHello({ node: { roles: Array(17).fill('r') } })) },
    {
      id: 'a role of 33 letters',
      send: async (raw) => raw.send(rawHello({ node: { roles: ['r'.repeat(33)] } }))
    },
    {
      id: 'an agent of 129 letters',
      send: async (raw) => raw.send(rawHello({ node: { agent: 'a'.repeat(129) } }))
    },
    {
      id: '17 addresses',
      send: async (raw) =>
        raw.send(rawHello({ node: { listenAddrs: Array.from({ length: 17 }, () => new Uint8Array([4])) } }))
    },
    {
      id: 'an address of 257 bytes',
      send: async (raw) => raw.send(rawHello({ node: { listenAddrs: [new Uint8Array(257)] } }))
    },
    { id: 'a frame of 8,193 bytes', send: async (raw) => raw.sendBytes(new Uint8Array(8_193)) },
    {
      id: 'a second Hello',
      linked: true,
      send: async (raw) => raw.send(rawHello({ attempt: 2n ** 60n }))
    },
    {
      id: 'an unasked Changed',
      linked: true,
      send: async (raw) => raw.send({ changed: { id: 1, accepted: true, reason: pb.Reason.UNSPECIFIED } })
    },
    { id: 'rubbish on a link', linked: true, send: async (raw) => raw.sendBytes(new Uint8Array([255, 255])) }
  ]

  for (const { id, send, linked } of violations) {
    it(`resets the stream on ${id}, and shuts the peer out for a while`, async () => {
      await facing({}, async ({ node, connection }, ours) => {
        const raw = await RawHandshake.open(connection)
        const shutOut = next(ours, 'peer:disconnected')

        if (linked === true) {
          await raw.send(rawHello())
          await raw.read()
        }

        await send(raw)
        await ended(raw)
        assert.ok((await shutOut).peer.equals(node.peerId))
        assert.equal(has(ours, node.peerId), false)
      })
    })
  }

  it('takes fields at their limits', async () => {
    await facing({}, async ({ node, connection }, ours) => {
      const raw = await RawHandshake.open(connection)

      await raw.send(
        rawHello({
          node: {
            roles: Array(16).fill('r'.repeat(32)),
            agent: 'a'.repeat(128),
            listenAddrs: Array.from({ length: 16 }, () => new Uint8Array(256))
          }
        })
      )
      assert.equal((await raw.read()).welcome?.status, pb.Status.NEW)
      assert.equal(ours.services.nebula.link(node.peerId)?.roles.length, 16)
    })
  })

  it('bounds the attempts that say nothing, ends each, and goes on serving others', async () => {
    const clock = new ManualClock()

    await facing(
      { clock, links: { maxPendingInbound: 3, handshakeTimeout: 300 } },
      async ({ connection }, ours) => {
        const silent = await Promise.all(Array.from({ length: 5 }, async () => RawHandshake.open(connection)))

        await until(
          'two of five are refused',
          () => silent.filter(({ stream }) => stream.status === 'reset').length === 2
        )

        await clock.advance(300 + DEADLINE_GRACE_MS)
        await until('the silent ones are ended', () =>
          silent.every(({ stream }) => stream.status === 'reset')
        )
        await withNodes([createOverlayNode()], async (honest: OverlayNode) => {
          await honest.services.nebula.connect(ours.getMultiaddrs())
        })
        assert.deepEqual(ours.services.nebula.restrictions(), [])
      }
    )
  })

  it('lets whoever says hello in, while many peers hold all the attempts there may be', async () => {
    await withNodes(
      [
        createOverlayNode({ links: { maxPendingInbound: 4, handshakeTimeout: 30_000 } }),
        createOverlayNode(),
        ...Array.from({ length: 6 }, async () => createStockNode())
      ],
      async (...nodes: Libp2p[]) => {
        const [ours, honest, ...silent] = nodes as [OverlayNode, OverlayNode, ...Libp2p[]]

        for (const node of silent) {
          const connection = await node.dial(ours.getMultiaddrs())

          await Promise.all([RawHandshake.open(connection), RawHandshake.open(connection)])
        }

        await honest.services.nebula.connect(ours.getMultiaddrs())
      }
    )
  })

  it('takes as many attempts of a peer in a minute as allowed, and shuts it out after one more', async () => {
    await facing({ links: { maxHandshakesPerMinute: 3 } }, async ({ node, connection }, ours) => {
      let opened = 0

      ours.services.nebula.addEventListener('link:open', () => opened++)

      const shutOut = next(ours, 'peer:disconnected')

      for (let attempt = 1; attempt <= 4; attempt++) {
        const raw = await RawHandshake.open(connection)

        await raw.send(rawHello({ attempt: BigInt(attempt) }))
        await (attempt <= 3 ? raw.read() : ended(raw))
      }

      assert.equal(opened, 3)
      assert.ok((await shutOut).peer.equals(node.peerId))
      await until('the link is closed', () => !has(ours, node.peerId))
    })
  })

  it('ends a Hello that comes byte by byte', async () => {
    const clock = new ManualClock()

    await facing({ clock, links: { handshakeTimeout: 200 } }, async ({ connection }) => {
      const stream = await connection.newStream('/nebula/handshake/1.0.0')
      const over = once(stream, 'close')

      stream.send(new Uint8Array([100, 10]))
      await passUntil(clock, over)
      assert.equal(stream.status, 'reset')
    })
  })

  it('gives up on a listener that never answers', async () => {
    const clock = new ManualClock()

    await withNodes(
      [createStockNode(), createOverlayNode({ clock, links: { handshakeTimeout: 200 } })],
      async (raw: Libp2p, ours: OverlayNode) => {
        const asked = Promise.withResolvers<void>()

        await raw.handle('/nebula/handshake/1.0.0', () => asked.resolve())
        const failed = assert.rejects(ours.services.nebula.connect(raw.getMultiaddrs()), {
          name: 'HandshakeTimeoutError'
        })

        await asked.promise
        await passUntil(clock, failed)
        assert.equal(has(ours, raw.peerId), false)
      }
    )
  })

  it('rejects with a typed error when the listener answers nonsense', async () => {
    await withNodes([createStockNode(), createOverlayNode()], async (raw: Libp2p, ours: OverlayNode) => {
      await raw.handle('/nebula/handshake/1.0.0', (stream) => {
        stream.send(new Uint8Array([2, 255, 255]))
      })
      await assert.rejects(ours.services.nebula.connect(raw.getMultiaddrs()), {
        name: 'HandshakeProtocolError'
      })
      assert.deepEqual(
        ours.services.nebula.restrictions().map(({ kind }) => kind),
        ['recently-disconnected', 'blacklisted']
      )
    })
  })
})
