import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { nebula_handshake as pb } from '../../proto/handshake.js'
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
import type { OverlayNode } from '../support/overlay-nodes.ts'
import type { NebulaInit } from '../../src/index.ts'
import type { Connection, Libp2p } from '@libp2p/interface'

type Scene = (raw: { node: Libp2p; connection: Connection }, ours: OverlayNode) => Promise<void>

async function facing(init: NebulaInit, scene: Scene): Promise<void> {
  await withNodes([createStockNode(), createOverlayNode(init)], async (node: Libp2p, ours: OverlayNode) => {
    await scene({ node, connection: await node.dial(ours.getMultiaddrs()) }, ours)
  })
}

async function ended(raw: RawHandshake): Promise<void> {
  await until(
    'the stream is over',
    () => raw.stream.status !== 'open' || raw.stream.remoteWriteStatus === 'closed'
  )
}

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
    const init: NebulaInit = { links: { maxPendingInbound: 3, handshakeTimeout: 300 } }

    await facing(init, async ({ connection }, ours) => {
      const silent = await Promise.all(Array.from({ length: 5 }, async () => RawHandshake.open(connection)))

      await until(
        'two of five are refused',
        () => silent.filter(({ stream }) => stream.status === 'reset').length === 2
      )

      await withNodes([createOverlayNode()], async (honest: OverlayNode) => {
        await until('the silent ones are ended', () =>
          silent.every(({ stream }) => stream.status === 'reset')
        )
        await honest.services.nebula.connect(ours.getMultiaddrs())
      })
      assert.deepEqual(ours.services.nebula.restrictions(), [])
    })
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
    await facing({ links: { handshakeTimeout: 200 } }, async ({ connection }) => {
      const stream = await connection.newStream('/nebula/handshake/1.0.0')

      stream.send(new Uint8Array([100, 10]))
      await until('the stream is reset', () => stream.status === 'reset')
    })
  })

  it('gives up on a listener that never answers', async () => {
    await withNodes(
      [createStockNode(), createOverlayNode({ links: { handshakeTimeout: 200 } })],
      async (raw: Libp2p, ours: OverlayNode) => {
        await raw.handle('/nebula/handshake/1.0.0', () => {})
        await assert.rejects(ours.services.nebula.connect(raw.getMultiaddrs()), {
          name: 'HandshakeTimeoutError'
        })
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

  it('refuses changes that come too often, over new links too, and counts them', async () => {
    await facing({ links: { maxChangesPerMinute: 2 } }, async ({ node, connection }, ours) => {
      const { nebula } = ours.services
      const updates: boolean[] = []

      nebula.addEventListener('neighbour:update', ({ detail }) => updates.push(detail.added))

      const raw = await RawHandshake.open(connection)
      const answers: boolean[] = []

      await raw.send(rawHello({ direct: false }))
      await raw.read()

      for (const [id, direct] of [true, false, true].entries()) {
        await raw.send({ change: { id, direct } })
        answers.push((await raw.read()).changed?.accepted === true)
      }

      assert.deepEqual(answers, [true, true, false])

      const again = await RawHandshake.open(connection)

      await again.send(rawHello({ direct: false, attempt: BigInt(Date.now() + 1_000) * 1_000n }))
      await again.read()
      await again.send({ change: { id: 1, direct: true } })
      assert.equal((await again.read()).changed?.accepted, false)
      assert.deepEqual(updates, [true, false])

      const flapping = nebula.explainScore(node.peerId).terms.find(({ name }) => name === 'flapping')

      // the link that was replaced, and two changes
      assert.equal(Math.round(flapping?.counter ?? 0), 3)
    })
  })

  it('shuts out who asks for changes without end', async () => {
    await facing({}, async ({ node, connection }, ours) => {
      const raw = await RawHandshake.open(connection)
      const shutOut = next(ours, 'peer:blacklisted')
      let updates = 0

      ours.services.nebula.addEventListener('neighbour:update', () => updates++)
      await raw.send(rawHello({ direct: false }))

      for (let id = 1; id <= 100; id++) {
        await raw.send({ change: { id, direct: id % 2 === 1 } }).catch(() => {})
      }

      assert.equal(String((await shutOut).peer), String(node.peerId))
      // the changes that are allowed, and the end of the link
      assert.ok(updates <= 61, `the engine was told ${updates} times`)
    })
  })

  it('costs no memory when a peer asks and never reads the answers', async () => {
    await facing({ links: { maxChangesPerMinute: 1_000_000 } }, async ({ connection }, ours) => {
      const raw = await RawHandshake.open(connection)

      await raw.send(rawHello())
      await raw.read()
      raw.stream.pause()

      const change = pb.HandshakeFrame.encode({ change: { id: 1, direct: true } })
      const burst = new Uint8Array(500_000 * (change.byteLength + 1))

      for (let at = 0; at < burst.byteLength; at += change.byteLength + 1) {
        burst[at] = change.byteLength
        burst.set(change, at + 1)
      }

      raw.stream.send(burst)

      const stream = ours.getConnections()[0]?.streams.find(({ protocol }) => protocol.includes('handshake'))
      let unsent = 0

      // the answers, 3.5 MB, fill the peer's window, which may have grown; then nothing is read, and so nothing more is answered
      await until(
        'answers have to wait',
        () => (unsent = Math.max(unsent, stream?.writeBufferLength ?? 0)) > 0,
        60_000
      )
      await new Promise<void>((resolve) => setTimeout(resolve, 200))
      assert.ok(
        (stream?.writeBufferLength ?? 0) < 32_768,
        `${stream?.writeBufferLength} bytes of answers wait`
      )
      assert.equal(stream?.status, 'open')
    })
  })
})
