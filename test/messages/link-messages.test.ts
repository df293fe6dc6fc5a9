import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createPeerId } from '../support/create-peer-id.ts'
import { createOverlayNode, has, next, until, withNodes } from '../support/overlay-nodes.ts'
import {
  addressOf,
  anotherLink,
  connectTo,
  disconnectFrom,
  followed,
  Listener,
  rateOf,
  tell,
  three
} from './support/link-messages.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'

describe('link messages', () => {
  it('make a direct link with the peer at an address', async () => {
    await three({}, async (a, b, c) => {
      await a.services.nebula.send(b.peerId, connectTo(addressOf(c)))
      await until('b has the link', () => has(b, c.peerId))
      assert.equal(b.services.nebula.link(c.peerId)?.direct, true)
    })
  })

  it('make an undirected link direct, by PeerId', async () => {
    await three({}, async (a, b, c) => {
      await b.services.nebula.connect(c.getMultiaddrs(), { direct: false })
      await a.services.nebula.send(b.peerId, connectTo(c.peerId))
      await until('the link is direct', () => b.services.nebula.link(c.peerId)?.direct === true)
    })
  })

  it('end the link that they made, and the peer is recently disconnected', async () => {
    await three({}, async (a, b, c) => {
      await a.services.nebula.send(b.peerId, connectTo(addressOf(c)))
      await until('b has the link', () => has(b, c.peerId))
      const closed = next(b, 'link:close')

      await a.services.nebula.send(b.peerId, disconnectFrom(c.peerId))
      assert.equal((await closed).reason, 'requested')
      assert.deepEqual(
        b.services.nebula.restrictions().map(({ kind, peer }) => [kind, peer.toString()]),
        [['recently-disconnected', c.peerId.toString()]]
      )
      assert.equal(has(b, a.peerId), true)
    })
  })

  it('are carried out in their order, though the first takes longer', async () => {
    await three({}, async (a, b, c) => {
      const closed = next(b, 'link:close')

      await Promise.all([
        a.services.nebula.send(b.peerId, connectTo(addressOf(c))),
        a.services.nebula.send(b.peerId, disconnectFrom(c.peerId))
      ])
      assert.equal((await closed).reason, 'requested')
      assert.equal(has(b, c.peerId), false)
      assert.equal(has(b, a.peerId), true)
    })
  })

  const made: Array<[string, (a: OverlayNode, b: OverlayNode, c: OverlayNode) => Promise<unknown>]> = [
    ['was made by this node', async (_, b, c) => b.services.nebula.connect(c.getMultiaddrs())],
    ['was made by the peer', async (_, b, c) => c.services.nebula.connect(b.getMultiaddrs())],
    [
      'was undirected, and made direct by the message',
      async (a, b, c) => {
        await b.services.nebula.connect(c.getMultiaddrs(), { direct: false })
        await a.services.nebula.send(b.peerId, connectTo(c.peerId))
        await until('the link is direct', () => b.services.nebula.link(c.peerId)?.direct === true)
      }
    ],
    [
      'was made by the message, and wanted by this node since',
      async (a, b, c) => {
        await a.services.nebula.send(b.peerId, connectTo(addressOf(c)))
        await until('b has the link', () => has(b, c.peerId))
        await b.services.nebula.connect(c.getMultiaddrs())
      }
    ],
    [
      'was made by the message of another',
      async (_, b, c) =>
        withNodes([createOverlayNode()], async (other: OverlayNode) => {
          await other.services.nebula.connect(b.getMultiaddrs())
          await tell(other, b, connectTo(addressOf(c)))
          await until('b has the link', () => has(b, c.peerId))
        })
    ]
  ]

  for (const [how, make] of made) {
    it(`do not end a link that ${how}`, async () => {
      await three({}, async (a, b, c) => {
        await make(a, b, c)
        await until('b has the link', () => has(b, c.peerId))
        await tell(a, b, disconnectFrom(c.peerId))
        await followed(a, b)
        assert.equal(has(b, c.peerId), true)
        assert.deepEqual(b.services.nebula.restrictions(), [])
      })
    })
  }

  it('take back nothing about a member that this node sees to itself', async () => {
    await three({}, async (a, _b, c) => {
      await withNodes([createOverlayNode({ members: c.getMultiaddrs() })], async (node: OverlayNode) => {
        await until('the member is linked', () => has(node, c.peerId))
        await a.services.nebula.connect(node.getMultiaddrs())
        await tell(a, node, connectTo(addressOf(c)))
        await tell(a, node, disconnectFrom(c.peerId))
        await followed(a, node)
        assert.equal(has(node, c.peerId), true)
      })
    })
  })

  it('are followed as far as they can be understood', async () => {
    await three({}, async (a, b, c) => {
      const nonsense = [
        '192.168.1.1:45001',
        '/ip4/127.0.0.1/tcp/1',
        '/nonsense',
        'nonsense',
        '\u{1f600}',
        '/p2p/Qm'
      ]

      await a.services.nebula.send(b.peerId, connectTo('', ...nonsense, '\n\t', addressOf(c), ''))
      await until('b has the link', () => has(b, c.peerId))
    })
  })

  it('have no effect on the node itself', async () => {
    await three({}, async (a, b) => {
      await tell(a, b, connectTo(b.peerId, addressOf(b)))
      await tell(a, b, disconnectFrom(b.peerId))
      await followed(a, b)
      assert.deepEqual([has(b, a.peerId), has(b, b.peerId)], [true, false])
      assert.deepEqual(b.services.nebula.restrictions(), [])
    })
  })

  for (const [kind, restrict] of [
    ['blacklisted', async (b: OverlayNode, c: OverlayNode) => b.services.nebula.addToBlacklist(c.peerId)],
    [
      'recently disconnected',
      async (b: OverlayNode, c: OverlayNode) => {
        await b.services.nebula.connect(c.getMultiaddrs())
        await b.services.nebula.disconnect(c.peerId)
      }
    ]
  ] as const) {
    it(`connect to nobody who is ${kind}`, async () => {
      await three({}, async (a, b, c) => {
        await restrict(b, c)
        await tell(a, b, connectTo(addressOf(c)))
        await followed(a, b)
        assert.equal(has(b, c.peerId), false)
      })
    })
  }

  for (const [maxLinkMessageAddrs, reached] of [
    [2, false],
    [3, true]
  ] as const) {
    it(`are followed for ${maxLinkMessageAddrs} peers where so many are allowed`, async () => {
      await three({ links: { maxLinkMessageAddrs } }, async (a, b, c) => {
        const others = [await createPeerId(), await createPeerId()]

        await tell(a, b, connectTo(...others, addressOf(c)))

        if (reached) {
          await until('b has the link', () => has(b, c.peerId))
        } else {
          await followed(a, b)
          assert.deepEqual(b.getConnections(c.peerId), [])
        }
      })
    })
  }

  it('are followed as many at a time as allowed, and the rest is not', async () => {
    const host = await Listener.start({ holds: true })

    try {
      await three({ links: { maxLinkMessagesFollowed: 1 } }, async (a, b, c) => {
        // the first message is followed until the dial that it causes has failed
        await a.services.nebula.send(b.peerId, connectTo(`${host.addr}/p2p/${await createPeerId()}`))
        await until('it is dialled', () => host.connections > 0)
        await tell(a, b, disconnectFrom(a.peerId))
        await until('the second is refused', () => rateOf(b, a) === 2)
        host.letGo()
        await until('the dial has failed', () => rateOf(b, a) === 4)
        await a.services.nebula.send(b.peerId, connectTo(addressOf(c)))
        await until('the next one is followed', () => has(b, c.peerId))
        assert.equal(has(b, a.peerId), true)
      })
    } finally {
      await host.stop()
    }
  })

  it('are followed as many in a minute as allowed, and the rest is not', async () => {
    await three({ links: { maxLinkMessagesPerMinute: 2 } }, async (a, b, c) => {
      await tell(a, b, connectTo(''))
      await a.services.nebula.send(b.peerId, connectTo(addressOf(c)))
      await until('the link is made', () => has(b, c.peerId))
      await tell(a, b, disconnectFrom(c.peerId))
      await until('it is refused', () => rateOf(b, a) > 0)
      assert.equal(has(b, c.peerId), true)
    })
  })

  for (const [accept, direct, connects, takesBack, endsOthers] of [
    ['trust-all', false, true, true, false],
    ['trust-all', true, true, true, true],
    ['all', false, true, true, false],
    ['all', true, true, true, false],
    ['neighbours', false, false, false, false],
    ['neighbours', true, true, true, false],
    ['none', true, false, false, false]
  ] as const) {
    it(`of ${direct ? 'a neighbour' : 'an undirected peer'} are followed as '${accept}' says`, async () => {
      await three(
        { links: { acceptLinkMessages: accept } },
        async (a, b, c) => {
          await tell(a, b, connectTo(addressOf(c)))

          if (connects) {
            await until('the link is made', () => has(b, c.peerId))
          } else {
            await anotherLink(b)
          }

          assert.equal(has(b, c.peerId), connects)
          await tell(a, b, disconnectFrom(c.peerId))

          if (takesBack) {
            await until('the link is closed', () => !has(b, c.peerId) && !has(c, b.peerId))
          }

          await b.services.nebula.clearRestrictions()
          await c.services.nebula.connect(b.getMultiaddrs())
          await tell(a, b, disconnectFrom(c.peerId))

          if (endsOthers) {
            await until('the link is closed', () => !has(b, c.peerId))
          } else {
            await anotherLink(b)
          }

          assert.equal(has(b, c.peerId), !endsOthers)
          assert.equal(b.services.nebula.restrictions().length, endsOthers ? 1 : 0)
        },
        direct
      )
    })
  }
})
