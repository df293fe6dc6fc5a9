import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, it } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { createPeerId } from '../support/create-peer-id.ts'
import {
  createOverlayNode,
  createStockNode,
  linkNodes,
  next,
  until,
  withNodes
} from '../support/overlay-nodes.ts'
import { FakeLan, LOOPBACK } from './fake-lan.ts'
import type { HandshakeError, JoinResult } from '../../src/index.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'
import type { Libp2p, PeerInfo } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { AddressInfo } from 'node:net'

/** No test takes so long: a dial that has it ends when it is given up. */
const DIAL_MS = 600_000

/** A node on a LAN that the test writes, and that links with nobody by itself. */
async function createLanNode(lan: FakeLan, findTimeout = 200, enabled = true): Promise<OverlayNode> {
  return createOverlayNode({
    joining: { auto: false },
    mdns: { enabled, findTimeout, ...lan.init }
  })
}

/** As mDNS tells of a node: without the PeerId in the addresses. */
function announcement(node: Libp2p): PeerInfo {
  return { id: node.peerId, multiaddrs: plain(node) }
}

function plain(node: Libp2p): Multiaddr[] {
  return node.getMultiaddrs().map((addr) => addr.decapsulate('/p2p'))
}

function firstOf(addrs: Multiaddr[]): Multiaddr {
  assert.ok(addrs[0] != null)

  return addrs[0]
}

/** The actions of the discover messages that the node gets from now on. */
function discovers(node: OverlayNode): string[] {
  const actions: string[] = []

  node.services.nebula.addEventListener('message', ({ detail: { message } }) => {
    if (message.type === 'discover') {
      actions.push(message.action)
    }
  })

  return actions
}

function names({ discoversSent, linksMade }: JoinResult): { discoversSent: number; linksMade: string[] } {
  return { discoversSent, linksMade: linksMade.map(String).sort() }
}

function namesOf(...nodes: OverlayNode[]): string[] {
  return nodes.map(({ peerId }) => peerId.toString()).sort()
}

/** A listener that takes connections and never says a word. */
async function withSilence(
  run: (addr: Multiaddr, sockets: { taken: number; open: number }) => Promise<void>
): Promise<void> {
  const sockets = { taken: 0, open: 0 }
  // reads, so that it notices when the other end lets go
  const server = createServer((socket) => {
    sockets.taken++
    sockets.open++
    socket
      .on('error', () => {})
      .on('close', () => sockets.open--)
      .resume()
  }).listen(0, '127.0.0.1')

  await once(server, 'listening')

  try {
    await run(multiaddr(`/ip4/127.0.0.1/tcp/${(server.address() as AddressInfo).port}`), sockets)
  } finally {
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
}

describe('joinFederation', () => {
  it('links undirected with who was found on the LAN, and sends each a discover message', async () => {
    const lan = new FakeLan(LOOPBACK, 'test')

    await withNodes(
      [createLanNode(lan), createOverlayNode(), createOverlayNode()],
      async (node: OverlayNode, a: OverlayNode, b: OverlayNode) => {
        const heard = [discovers(a), discovers(b)]

        lan.members = [announcement(a), announcement(b)]

        const { nebula } = node.services

        assert.deepEqual(names(await nebula.joinFederation()), {
          discoversSent: 2,
          linksMade: namesOf(a, b)
        })
        assert.deepEqual(
          nebula.links().map(({ direct, priority }) => [direct, priority]),
          [
            [false, 'high'],
            [false, 'high']
          ]
        )
        await until('both were told', () => heard.every((actions) => actions.length === 1))
        assert.deepEqual(heard, [['discover_join'], ['discover_join']])
      }
    )
  })

  it('finds nobody on an empty LAN', async () => {
    await withNodes([createLanNode(new FakeLan(LOOPBACK, 'test'))], async (node: OverlayNode) => {
      assert.deepEqual(await node.services.nebula.joinFederation(), {
        discoversSent: 0,
        linksMade: [],
        linksKept: [],
        leftOut: []
      })
    })
  })

  it('insists on the identity that was announced with an address', async () => {
    const lan = new FakeLan(LOOPBACK, 'test')

    await withNodes([createLanNode(lan), createOverlayNode()], async (node: OverlayNode, a: OverlayNode) => {
      lan.members = [{ id: await createPeerId(), multiaddrs: plain(a) }]
      assert.deepEqual(names(await node.services.nebula.joinFederation()), {
        discoversSent: 0,
        linksMade: []
      })
      assert.deepEqual(node.services.nebula.links(), [])
    })
  })

  it('sends discover_nodes when it is asked to', async () => {
    await withNodes([createOverlayNode(), createOverlayNode()], async (node: OverlayNode, a: OverlayNode) => {
      const told = next(a, 'message:discover:discover_nodes')

      await node.services.nebula.joinFederation({ type: 'discover_nodes', addrs: a.getMultiaddrs() })
      assert.ok((await told).source.equals(node.peerId))
    })
  })

  it('looks for nobody when members are named, by PeerId or by address', async () => {
    const lan = new FakeLan(LOOPBACK, 'test')

    await withNodes(
      [createLanNode(lan, 200, false), createOverlayNode(), createOverlayNode(), createOverlayNode()],
      async (node: OverlayNode, a: OverlayNode, b: OverlayNode, found: OverlayNode) => {
        lan.members = [announcement(found)]
        await node.peerStore.patch(a.peerId, { multiaddrs: a.getMultiaddrs() })

        const { nebula } = node.services
        const result = await nebula.joinFederation({ addrs: [a.peerId, firstOf(plain(b))] })

        assert.deepEqual(names(result), { discoversSent: 2, linksMade: namesOf(a, b) })
        assert.equal(lan.questions, 0)
        assert.deepEqual(names(await nebula.joinFederation({ addrs: [] })), {
          discoversSent: 0,
          linksMade: []
        })
      }
    )
  })

  it('tells a member once that is named several times', async () => {
    await withNodes([createOverlayNode(), createOverlayNode()], async (node: OverlayNode, a: OverlayNode) => {
      const heard = discovers(a)
      const { nebula } = node.services
      const result = await nebula.joinFederation({
        addrs: [...plain(a), ...a.getMultiaddrs(), a.peerId]
      })

      assert.deepEqual(names(result), { discoversSent: 1, linksMade: namesOf(a) })

      // messages keep their order, so that no second discover can come after this one
      const last = next(a, 'message:control:alive')

      await nebula.send(a.peerId, nebula.createMessage('control', 'alive'))
      await last
      assert.deepEqual(heard, ['discover_join'])
    })
  })

  it('leaves neighbours alone, and uses an undirected link that is there without counting it as made', async () => {
    await withNodes(
      [createOverlayNode(), createOverlayNode(), createOverlayNode(), createOverlayNode()],
      async (node: OverlayNode, near: OverlayNode, far: OverlayNode, other: OverlayNode) => {
        await linkNodes(node, near, true)
        await linkNodes(node, far, false)

        const heard = [discovers(near), discovers(far), discovers(other)]
        const { nebula } = node.services
        const result = await nebula.joinFederation({
          addrs: [near, far, other].flatMap((member) => member.getMultiaddrs())
        })

        assert.deepEqual(names(result), { discoversSent: 2, linksMade: namesOf(other) })
        assert.deepEqual(result.linksKept.map(String).sort(), namesOf(near, far))
        await until('both were told', () => heard[1]?.length === 1 && heard[2]?.length === 1)
        assert.deepEqual(heard[0], [])
        assert.equal(nebula.link(near.peerId)?.direct, true)
        // named by an address that does not say who it is
        assert.deepEqual(await nebula.joinFederation({ addrs: plain(near) }), {
          discoversSent: 0,
          linksMade: [],
          linksKept: [near.peerId],
          leftOut: []
        })
      }
    )
  })

  it('leaves out itself and who is blacklisted, and says why', async () => {
    await withNodes(
      [createOverlayNode(), createOverlayNode()],
      async (node: OverlayNode, bad: OverlayNode) => {
        const { nebula } = node.services

        await nebula.addToBlacklist(bad.peerId)

        const { leftOut, ...result } = await nebula.joinFederation({
          addrs: [
            node.peerId,
            firstOf(plain(node)),
            firstOf(bad.getMultiaddrs()),
            firstOf(plain(bad)),
            multiaddr('/ip4/127.0.0.1/tcp/1')
          ]
        })

        assert.deepEqual(result, { discoversSent: 0, linksMade: [], linksKept: [] })
        assert.deepEqual(
          leftOut.map(({ member, reason }) => `${String(member)} ${reason}`).sort(),
          [
            `${node.peerId} self`,
            `${firstOf(plain(node))} self`,
            `${firstOf(bad.getMultiaddrs())} blacklisted`,
            `${firstOf(plain(bad))} failed`,
            '/ip4/127.0.0.1/tcp/1 failed'
          ].sort()
        )
        assert.ok(leftOut.every(({ reason, error }) => (reason === 'failed') === (error != null)))
        assert.deepEqual([nebula.links(), bad.services.nebula.links()], [[], []])
      }
    )
  })

  it('leaves out who was disconnected a short while ago where it was found, and not where it is named', async () => {
    const lan = new FakeLan(LOOPBACK, 'test')

    await withNodes(
      [createLanNode(lan), createOverlayNode()],
      async (node: OverlayNode, gone: OverlayNode) => {
        const { nebula } = node.services

        lan.members = [announcement(gone)]
        await linkNodes(node, gone, true)
        await nebula.disconnect(gone.peerId)
        await until('the other end knows', () => gone.services.nebula.links().length === 0)

        const found = await nebula.joinFederation()

        assert.deepEqual(
          found.leftOut.map(({ reason }) => reason),
          ['recently-disconnected']
        )
        assert.deepEqual(found.linksMade, [])

        const named = await nebula.joinFederation({ addrs: [firstOf(gone.getMultiaddrs())] })

        assert.deepEqual(names(named), { discoversSent: 1, linksMade: namesOf(gone) })
        assert.deepEqual(nebula.restrictions(), [])
      }
    )
  })

  it('reaches the others when some cannot be reached or refuse', async () => {
    await withNodes(
      [
        createOverlayNode(),
        createOverlayNode(),
        createOverlayNode({ federation: 'other' }),
        createStockNode()
      ],
      async (node: OverlayNode, a: OverlayNode, foreign: OverlayNode, stock: Libp2p) => {
        const result = await node.services.nebula.joinFederation({
          addrs: [
            multiaddr('/ip4/127.0.0.1/tcp/1'),
            await createPeerId(),
            ...foreign.getMultiaddrs(),
            ...stock.getMultiaddrs(),
            firstOf(a.getMultiaddrs())
          ]
        })

        assert.deepEqual(names(result), { discoversSent: 1, linksMade: namesOf(a) })
      }
    )
  })

  it('makes no link when learning has finished, and tells those that it has', async () => {
    let finished = false
    const engine = { round: () => 0, learningCycleFinished: () => finished, updateNeighbours: () => {} }

    await withNodes(
      [createOverlayNode({ engine }), createOverlayNode(), createOverlayNode()],
      async (node: OverlayNode, a: OverlayNode, b: OverlayNode) => {
        await linkNodes(node, a, false)
        finished = true

        const { leftOut, ...result } = await node.services.nebula.joinFederation({
          addrs: [firstOf(a.getMultiaddrs()), firstOf(b.getMultiaddrs())]
        })

        assert.deepEqual(result, { discoversSent: 1, linksMade: [], linksKept: [a.peerId] })
        assert.deepEqual(
          leftOut.map(({ reason, error }) => [reason, (error as HandshakeError).reason]),
          [['failed', 'LEARNING_FINISHED']]
        )
        assert.deepEqual(node.services.nebula.peers().map(String), namesOf(a))
      }
    )
  })

  it('reaches so many members at once, and the rest in turn', async () => {
    await withSilence(async (silent, sockets) => {
      await withNodes(
        [
          createOverlayNode(
            { joining: { maxParallel: 2 }, links: { dialTimeout: DIAL_MS } },
            { connectionManager: { dialTimeout: DIAL_MS, addressDialTimeout: DIAL_MS } }
          ),
          createOverlayNode()
        ],
        async (node: OverlayNode, a: OverlayNode) => {
          const controller = new AbortController()
          const joining = node.services.nebula.joinFederation({
            addrs: [
              // of different peers, or libp2p would make it one dial
              ...(await Promise.all(
                [1, 2, 3].map(async () => silent.encapsulate(`/p2p/${await createPeerId()}`))
              )),
              ...a.getMultiaddrs()
            ],
            signal: controller.signal
          })
          const rejected = assert.rejects(joining, { name: 'AbortError' })

          await until('two are dialled', () => sockets.taken === 2)
          // over loopback these would have been as fast
          await linkNodes(a, node, false)
          assert.equal(sockets.taken, 2)
          controller.abort()
          await rejected
          await until('the dials are given up', () => sockets.open === 0)
          assert.equal(sockets.taken, 2, 'and nobody else is dialled')
        }
      )
    })
  })

  it('goes on with the rest when a place is free', async () => {
    await withSilence(async (silent) => {
      await withNodes(
        [
          createOverlayNode({ joining: { maxParallel: 1 }, links: { dialTimeout: 2_000 } }),
          createOverlayNode()
        ],
        async (node: OverlayNode, a: OverlayNode) => {
          const result = await node.services.nebula.joinFederation({
            addrs: [silent, firstOf(a.getMultiaddrs())]
          })

          assert.deepEqual(names(result), { discoversSent: 1, linksMade: namesOf(a) })
        }
      )
    })
  })

  it('does nothing under a signal that was aborted before, also while it looks for members', async () => {
    const lan = new FakeLan(LOOPBACK, 'test')

    await withNodes(
      [createLanNode(lan, 600_000), createOverlayNode()],
      async (node: OverlayNode, a: OverlayNode) => {
        const { nebula } = node.services
        const signal = AbortSignal.abort()

        await assert.rejects(nebula.joinFederation({ addrs: a.getMultiaddrs(), signal }), {
          name: 'AbortError'
        })
        await assert.rejects(nebula.joinFederation({ addrs: [], signal }), { name: 'AbortError' })
        assert.deepEqual(nebula.links(), [])

        const controller = new AbortController()
        const looking = nebula.joinFederation({ signal: controller.signal })

        controller.abort()
        await assert.rejects(looking, { name: 'AbortError' })
      }
    )
  })
})
