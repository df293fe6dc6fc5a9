import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, it } from 'node:test'
import { MAX_LINK_MESSAGE_ADDR_LENGTH } from '../../src/messages/constants.ts'
import { createMessage } from '../../src/messages/index.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { createOverlayNode, has, next, until, withNodes } from '../support/overlay-nodes.ts'
import { Messages } from './support/messages-of.ts'
import type { Message, NebulaInit } from '../../src/index.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'
import type { AddressInfo, Server } from 'node:net'

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

/** What `node` has counted of what `peer` does above its rate. */
function rateOf(node: OverlayNode, peer: OverlayNode): number {
  const { terms } = node.services.nebula.explainScore(peer.peerId)

  // it has decayed a little since
  return Math.ceil(terms.find(({ name }) => name === 'rate')?.counter ?? 0)
}

/** A host that is no node: it takes connections and says nothing. */
class Listener {
  readonly #server: Server
  connections = 0

  private constructor(server: Server) {
    this.#server = server
    server.on('connection', (socket) => {
      this.connections++
      socket.on('error', () => {})
      socket.destroy()
    })
  }

  static async start(): Promise<Listener> {
    const server = createServer()

    server.listen(0, '127.0.0.1')
    await once(server, 'listening')

    return new Listener(server)
  }

  get addr(): string {
    return `/ip4/127.0.0.1/tcp/${(this.#server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    this.#server.close()
    await once(this.#server, 'close')
  }
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

  it('end no link that this node wanted itself, or has on the word of another', async () => {
    const made: Array<[string, (a: OverlayNode, b: OverlayNode, c: OverlayNode) => Promise<unknown>]> = [
      ['by this node', async (_, b, c) => b.services.nebula.connect(c.getMultiaddrs())],
      ['by the peer', async (_, b, c) => c.services.nebula.connect(b.getMultiaddrs())],
      [
        'undirected, and made direct by the message',
        async (a, b, c) => {
          await b.services.nebula.connect(c.getMultiaddrs(), { direct: false })
          await a.services.nebula.send(b.peerId, connectTo(c.peerId))
          await until('the link is direct', () => b.services.nebula.link(c.peerId)?.direct === true)
        }
      ],
      [
        'by the message, and wanted by this node since',
        async (a, b, c) => {
          await a.services.nebula.send(b.peerId, connectTo(addressOf(c)))
          await until('b has the link', () => has(b, c.peerId))
          await b.services.nebula.connect(c.getMultiaddrs())
        }
      ],
      [
        'by the message of another',
        async (_, b, c) =>
          withNodes([createOverlayNode()], async (other: OverlayNode) => {
            await other.services.nebula.connect(b.getMultiaddrs())
            await tell(other, b, connectTo(addressOf(c)))
            await until('b has the link', () => has(b, c.peerId))
          })
      ]
    ]

    for (const [how, make] of made) {
      await three({}, async (a, b, c) => {
        await make(a, b, c)
        await until('b has the link', () => has(b, c.peerId))
        await tell(a, b, disconnectFrom(c.peerId))
        assert.equal(has(b, c.peerId), true, `a link made ${how} was ended`)
        assert.deepEqual(b.services.nebula.restrictions(), [])
      })
    }
  })

  it('take back nothing about a member that this node sees to itself', async () => {
    await three({}, async (a, _b, c) => {
      await withNodes([createOverlayNode({ members: c.getMultiaddrs() })], async (node: OverlayNode) => {
        await until('the member is linked', () => has(node, c.peerId))
        await a.services.nebula.connect(node.getMultiaddrs())
        await tell(a, node, connectTo(addressOf(c)))
        await tell(a, node, disconnectFrom(c.peerId))
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
      await tell(a, b, connectTo(''))
      await a.services.nebula.send(b.peerId, connectTo(addressOf(c)))
      await until('the link is made', () => has(b, c.peerId))
      await tell(a, b, disconnectFrom(c.peerId))
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
          }

          assert.equal(has(b, c.peerId), !endsOthers)
          assert.equal(b.services.nebula.restrictions().length, endsOthers ? 1 : 0)
        },
        direct
      )
    })
  }
})

describe('dials that link messages cause', () => {
  it('go to one host as often in vain as allowed, and to one address once, whoever asks', async () => {
    const host = await Listener.start()

    try {
      await three({ links: { maxLinkMessageDialsPerHost: 3 } }, async (a, b, c) => {
        await c.services.nebula.connect(b.getMultiaddrs(), { direct: false })
        await until('b has the link', () => has(b, c.peerId))

        const [target, ...others] = await Promise.all(
          Array.from({ length: 8 }, async () => `${host.addr}/p2p/${await createPeerId()}`)
        )

        assert.ok(target != null)
        await tell(a, b, connectTo(target, target))
        await until('it is dialled', () => host.connections === 1)
        await until('it is counted', () => rateOf(b, a) === 2)
        await tell(c, b, connectTo(target))
        await until('it is refused', () => rateOf(b, c) === 2)
        await tell(c, b, connectTo(...others))
        await until('all are counted', () => rateOf(b, c) === 2 + 2 * others.length)
        assert.equal(host.connections, 3)
        // honest nodes make such mistakes
        assert.ok(b.services.nebula.score(a.peerId) >= 0 && b.services.nebula.score(c.peerId) >= 0)
      })
    } finally {
      await host.stop()
    }
  })

  it('go to as many peers as allowed in all, and not one more', async () => {
    await three({ links: { maxLinkMessageDialsPerMinute: 2 } }, async (a, b, c) => {
      await withNodes(
        [createOverlayNode(), createOverlayNode()],
        async (second: OverlayNode, third: OverlayNode) => {
          // by PeerId and with a link, which is no dial
          await third.services.nebula.connect(b.getMultiaddrs(), { direct: false })
          await until('b has the link', () => has(b, third.peerId))
          await tell(a, b, connectTo(third.peerId, addressOf(c), addressOf(second)))
          await until('they are linked', () => [c, second, third].every(({ peerId }) => has(b, peerId)))
          await withNodes([createOverlayNode(), createOverlayNode()], async (fourth, fifth) => {
            await fifth.services.nebula.connect(b.getMultiaddrs(), { direct: false })
            await until('b has the link', () => has(b, fifth.peerId))
            await tell(a, b, connectTo(addressOf(fourth), fifth.peerId))
            await until('it was followed', () => b.services.nebula.link(fifth.peerId)?.direct === true)
            assert.deepEqual(b.getConnections(fourth.peerId), [])
            // others may have used up what there is
            assert.equal(rateOf(b, a), 0)
          })
        }
      )
    })
  })

  it('shut out who aims many of them at nobody', async () => {
    await three({ links: { maxLinkMessagesPerMinute: 100 } }, async (a, b) => {
      while (!b.services.nebula.restrictions().some(({ kind }) => kind === 'blacklisted')) {
        const targets = await Promise.all(
          Array.from({ length: 16 }, async () => `/ip4/127.0.0.1/tcp/1/p2p/${await createPeerId()}`)
        )

        await a.services.nebula.send(b.peerId, connectTo(...targets)).catch(() => {})
        await new Promise<void>((resolve) => setTimeout(resolve, 100))
      }
    })
  })

  it('go to no address that is longer than one can be', async () => {
    await three({}, async (a, b, c) => {
      const dns = '/dns4/' + 'a'.repeat(MAX_LINK_MESSAGE_ADDR_LENGTH)

      await tell(a, b, connectTo(`${dns}/tcp/1/p2p/${c.peerId}`))
      await followed(a, b)
      assert.equal(rateOf(b, a), 0)
    })
  })
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
