import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createMessage } from '../../src/messages/index.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { createOverlayNode, has, next, until, withNodes } from '../support/overlay-nodes.ts'
import { Messages } from './support/messages-of.ts'
import type { Message, NebulaInit } from '../../src/index.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'

const federationReady = createMessage('federation', 'federation_ready')

/** Two linked nodes and one apart, which the second may be told of; `init` is that of the second. */
async function three(
  init: NebulaInit,
  run: (a: OverlayNode, b: OverlayNode, c: OverlayNode) => Promise<void>,
  direct = true
): Promise<void> {
  await withNodes(
    [createOverlayNode(), createOverlayNode(init), createOverlayNode()],
    async (a: OverlayNode, b: OverlayNode, c: OverlayNode) => {
      await a.services.nebula.connect(b.getMultiaddrs(), { direct })
      await until('both have the link', () => has(b, a.peerId))
      await run(a, b, c)
    }
  )
}

/** Sends a message and one after it: when the second is there the first has been reacted to, as far as that is done at once. */
async function tell(from: OverlayNode, to: OverlayNode, message: Message): Promise<void> {
  const messages = new Messages(to)

  await from.services.nebula.send(to.peerId, message)
  await from.services.nebula.send(to.peerId, createMessage('control', 'overhead'))
  await messages.reach(2)
}

/** Resolves when a link message that has an effect, and was sent after those that must have none, is followed. */
async function followed(from: OverlayNode, to: OverlayNode): Promise<void> {
  await withNodes([createOverlayNode()], async (other: OverlayNode) => {
    await from.services.nebula.send(to.peerId, connectTo(addressOf(other)))
    await until('the link is made', () => has(to, other.peerId))
  })
}

function connectTo(...targets: Array<{ toString(): string }>): Message {
  return createMessage('link', 'connect_to', { addrs: targets.join(' ') })
}

function disconnectFrom(...targets: Array<{ toString(): string }>): Message {
  return createMessage('link', 'disconnect_from', { addrs: targets.join(' ') })
}

function addressOf(node: OverlayNode): string {
  return node.getMultiaddrs().join(' ').split(' ')[0] ?? ''
}

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

  it('end links, and the peers are recently disconnected', async () => {
    await three({}, async (a, b, c) => {
      await b.services.nebula.connect(c.getMultiaddrs())
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
      assert.deepEqual(b.services.nebula.peers().map(String), [String(a.peerId)])
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

  it('are followed for as many peers as allowed, and no more', async () => {
    for (const [maxLinkMessageAddrs, reached] of [
      [2, false],
      [3, true]
    ] as const) {
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
    }
  })

  it('are followed as many at a time as allowed, and the rest is not', async () => {
    await three({ links: { maxLinkMessagesFollowed: 1 } }, async (a, b, c) => {
      const { promise: connected, resolve: letGo } = Promise.withResolvers<void>()

      // the dial of c waits, and with it the first message
      c.services.nebula.addEventListener('link:open', () => letGo())
      await a.services.nebula.send(b.peerId, connectTo(addressOf(c)))
      await tell(a, b, disconnectFrom(a.peerId))
      assert.equal(has(b, a.peerId), true)
      await connected
      await until('b has the link', () => has(b, c.peerId))
      await a.services.nebula.send(b.peerId, disconnectFrom(c.peerId))
      await until('the next one is followed', () => !has(b, c.peerId))
    })
  })

  it('are followed as many in a minute as allowed, and the rest is not', async () => {
    await three({ links: { maxLinkMessagesPerMinute: 2 } }, async (a, b, c) => {
      await a.services.nebula.send(b.peerId, connectTo(addressOf(c)))
      await until('the link is made', () => has(b, c.peerId))
      await a.services.nebula.send(b.peerId, disconnectFrom(c.peerId))
      await until('the link is closed', () => !has(b, c.peerId) && !has(c, b.peerId))
      await b.services.nebula.clearRestrictions()
      await c.services.nebula.connect(b.getMultiaddrs())
      await tell(a, b, disconnectFrom(c.peerId))
      assert.equal(has(b, c.peerId), true)
    })
  })

  for (const [accept, direct, connects, disconnects] of [
    ['all', false, true, false],
    ['all', true, true, true],
    ['neighbours', false, false, false],
    ['neighbours', true, true, true],
    ['none', true, false, false]
  ] as const) {
    it(`of ${direct ? 'a neighbour' : 'an undirected peer'} are followed as '${accept}' says`, async () => {
      await three(
        { links: { acceptLinkMessages: accept } },
        async (a, b, c) => {
          await tell(a, b, connectTo(addressOf(c)))

          if (connects) {
            await until('the link is made', () => has(b, c.peerId))
          } else {
            assert.equal(has(b, c.peerId), false)
            await b.services.nebula.connect(c.getMultiaddrs())
          }

          await tell(a, b, disconnectFrom(c.peerId))

          if (disconnects) {
            await until('the link is closed', () => !has(b, c.peerId))
          } else {
            assert.equal(has(b, c.peerId), true)
          }
        },
        direct
      )
    })
  }
})

describe('other messages that the overlay reacts to', () => {
  it('discovery discover tells where the peer is', async () => {
    await three({}, async (a, b) => {
      const place = { latitude: 51.5, longitude: -0.125 }

      await tell(a, b, createMessage('discovery', 'discover', place))
      assert.deepEqual(b.services.nebula.link(a.peerId)?.location, place)

      await tell(a, b, createMessage('discovery', 'register', { latitude: 1, longitude: 2 }))
      await tell(a, b, createMessage('discovery', 'discover', { latitude: 91, longitude: 0 }))
      await tell(a, b, createMessage('discovery', 'discover', { latitude: 0, longitude: -Infinity }))
      assert.deepEqual(b.services.nebula.link(a.peerId)?.location, place)

      await tell(a, b, createMessage('discovery', 'discover', { latitude: -90, longitude: 180 }))
      assert.deepEqual(b.services.nebula.link(a.peerId)?.location, { latitude: -90, longitude: 180 })
    })
  })

  it('federation federation_ready counts towards the readiness of all neighbours', async () => {
    await three({}, async (a, b, c) => {
      await c.services.nebula.connect(b.getMultiaddrs())
      await until('both have the link', () => has(b, c.peerId))
      const ready = next(b, 'federation:ready')

      await tell(a, b, federationReady)
      assert.equal(b.services.nebula.checkFederationReady(), false)
      assert.deepEqual(b.services.nebula.readyPeers().map(String), [String(a.peerId)])

      await tell(c, b, federationReady)
      assert.equal(b.services.nebula.checkFederationReady(), true)
      assert.deepEqual((await ready).neighbours.length, 2)
    })
  })

  it('connection disconnect ends the link, as the goodbye does', async () => {
    await three({}, async (a, b) => {
      const ends = [next(a, 'link:close'), next(b, 'link:close')]

      await a.services.nebula.send(b.peerId, createMessage('connection', 'disconnect'))
      const [there, here] = await Promise.all(ends)

      // neither end takes it for a link that was lost, and is to be made again
      assert.deepEqual([there?.reason, here?.reason], ['remote', 'remote'])
      assert.deepEqual(b.services.nebula.restrictions(), [])
    })
  })
})
