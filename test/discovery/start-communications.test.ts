import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { describe, it } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { createNode } from '../../src/node/index.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { PATIENCE_MS } from '../support/patience.ts'
import { createOverlayNode, has, next, until, withNodes } from '../support/overlay-nodes.ts'

const CONFIG = { listen: ['/ip4/127.0.0.1/tcp/0'], mdns: { enabled: false } }

describe('starting with neighbours', () => {
  it('links directly with all of them, in whatever form they are named, and leaves out this node', async () => {
    await withNodes(
      [createOverlayNode(), createOverlayNode(), createOverlayNode()] as const,
      async (a, b, c) => {
        const [own] = a.getMultiaddrs()
        const [ofB] = b.getMultiaddrs()
        const [ofC] = c.getMultiaddrs()

        assert.ok(own != null && ofB != null && ofC != null)
        await a.peerStore.merge(c.peerId, { multiaddrs: [ofC] })

        const linked = await a.services.nebula.startCommunications([
          a.peerId,
          own,
          multiaddr(own.toString().split('/p2p/')[0]),
          multiaddr(ofB.toString().split('/p2p/')[0]),
          c.peerId
        ])

        assert.deepEqual(linked.map(String).sort(), [b.peerId, c.peerId].map(String).sort())
        assert.equal(a.services.nebula.links({ onlyDirect: true }).length, 2)
      }
    )
  })

  it('waits for one that is not up yet, and tells at the deadline who is missing', async () => {
    const first = await createNode(CONFIG)
    const late = await createNode(CONFIG)
    const [address] = late.libp2p.getMultiaddrs()
    const missing = `/ip4/127.0.0.1/tcp/1/p2p/${await createPeerId()}`

    assert.ok(address != null)
    await late.stop()

    const port = address.toString().split('/')[4]
    const waiting = first.nebula.startCommunications([multiaddr(`/ip4/127.0.0.1/tcp/${port}`)])

    await next(first.libp2p, 'join:failed')

    const again = await createNode({ ...CONFIG, listen: [`/ip4/127.0.0.1/tcp/${port}`] })

    try {
      assert.deepEqual((await waiting).map(String), [String(again.peerId)])
      await assert.rejects(
        first.nebula.startCommunications([...again.libp2p.getMultiaddrs(), multiaddr(missing)], {
          timeout: 300
        }),
        { name: 'MissingNeighboursError', missing: [missing] }
      )
    } finally {
      await Promise.all([first.stop(), again.stop()])
    }
  })

  it('ends the start when all of `direct` are linked, with waitForDirect', async () => {
    const first = await createNode(CONFIG)
    const direct = first.libp2p.getMultiaddrs().map(String)

    try {
      const second = await createNode({ ...CONFIG, direct, waitForDirect: PATIENCE_MS })

      try {
        assert.equal(second.nebula.link(first.peerId)?.direct, true)
      } finally {
        await second.stop()
      }
    } finally {
      await first.stop()
    }
  })

  it('fails the start when some of `direct` are missing, and leaves nothing running', async () => {
    const missing = `/ip4/127.0.0.1/tcp/1/p2p/${await createPeerId()}`
    const config = { ...CONFIG, direct: [missing], waitForDirect: 300 }

    await assert.rejects(createNode(config), { name: 'MissingNeighboursError', missing: [missing] })

    const node = await createNode(config, { start: false })

    await assert.rejects(node.start(), { name: 'MissingNeighboursError' })
    assert.equal(node.libp2p.status, 'stopped')
    assert.deepEqual(node.libp2p.getMultiaddrs(), [])
    await node.stop()
  })

  it('ends a start that waits when the node is stopped', async () => {
    const missing = `/ip4/127.0.0.1/tcp/1/p2p/${await createPeerId()}`
    const config = { ...CONFIG, direct: [missing], waitForDirect: 3_600_000 }
    const node = await createNode(config, { start: false })
    const failed = next(node.libp2p, 'join:failed')
    const started = assert.rejects(node.start(), { name: 'AbortError' })

    await failed
    await node.stop()
    await started
    assert.equal(node.libp2p.status, 'stopped')
  })

  it('never dials an address of its own that the configuration names', async () => {
    const node = await createNode({ ...CONFIG, listen: ['/ip4/127.0.0.1/tcp/0'] })
    const port = Number(String(node.libp2p.getMultiaddrs()[0]).split('/')[4])
    const failures: string[] = []

    await node.stop()

    // localhost is not known as its own address: libp2p says so once it has resolved it
    const again = await createNode(
      {
        ...CONFIG,
        listen: [`/ip4/127.0.0.1/tcp/${port}`],
        direct: [`/ip4/127.0.0.1/tcp/${port}`, `/dns4/localhost/tcp/${port}`]
      },
      { start: false }
    )

    again.nebula.addEventListener('join:failed', ({ detail }) => failures.push(detail.error.message))

    try {
      await again.start()
      await until('both are known to be its own', () => again.nebula.runReconnections().length === 0)
      assert.deepEqual(await again.nebula.startCommunications([multiaddr(`/dns4/localhost/tcp/${port}`)]), [])
      assert.deepEqual(failures, [])
    } finally {
      await again.stop()
    }
  })
})

describe('the overlay at run time', () => {
  it('says whether it runs, and when it has stopped', async () => {
    const node = await createNode(CONFIG, { start: false })

    assert.equal(node.nebula.running, false)
    await node.nebula.stopped()
    await assert.rejects(node.nebula.startCommunications([]), { name: 'NotStartedError' })
    await node.start()
    assert.equal(node.nebula.running, true)

    let over = false
    const stopped = node.nebula.stopped().then(() => {
      over = true
    })

    await assert.rejects(node.nebula.stopped({ signal: AbortSignal.abort() }), { name: 'AbortError' })
    assert.equal(over, false)
    await node.stop()
    await stopped
    assert.equal(node.nebula.running, false)
  })

  it('says in one line what it is', async () => {
    await withNodes([createOverlayNode(), createOverlayNode()] as const, async (a, b) => {
      await a.services.nebula.startCommunications(b.getMultiaddrs())

      const text = `Nebula(test, ${a.peerId}, running, links: [${b.peerId} direct])`

      assert.equal(a.services.nebula.toString(), text)
      assert.equal(inspect(a.services.nebula), text)
    })
  })

  it('leaves a peer alone without ending its link, and refuses it when it comes again', async () => {
    await withNodes([createOverlayNode(), createOverlayNode()] as const, async (a, b) => {
      await a.services.nebula.startCommunications(b.getMultiaddrs())
      await a.services.nebula.addToRecentlyDisconnected(b.peerId, { reason: 'slow' })
      assert.ok(has(a, b.peerId))
      assert.partialDeepStrictEqual(a.services.nebula.restrictions(), [
        { kind: 'recently-disconnected', reason: 'slow' }
      ])
      await b.services.nebula.disconnect(a.peerId, { restrict: false })
      await until('no link', () => !has(a, b.peerId))
      await assert.rejects(b.services.nebula.connect(a.getMultiaddrs()), { reason: 'RECENTLY_DISCONNECTED' })
    })
  })

  it('closes unused undirected links when it is asked, and only those', async () => {
    const init = { links: { inactivityTimeout: 1, sweepInterval: 3_600_000 } }

    await withNodes(
      [createOverlayNode(init), createOverlayNode(), createOverlayNode()] as const,
      async (a, b, c) => {
        await a.services.nebula.connect(b.getMultiaddrs(), { direct: false })
        await a.services.nebula.startCommunications(c.getMultiaddrs())
        await until(
          'the link is unused',
          () => Date.now() > (a.services.nebula.link(b.peerId)?.lastActivity ?? 0) + 1
        )
        assert.deepEqual((await a.services.nebula.clearUnusedUndirectConnections()).map(String), [
          String(b.peerId)
        ])
        assert.deepEqual(a.services.nebula.peers().map(String), [String(c.peerId)])
      }
    )
  })

  it('lists the messages, and tells the hashes apart that the application gives', async () => {
    await withNodes([createOverlayNode()] as const, async (node) => {
      const { nebula } = node.services
      const peer = await createPeerId()
      const duplicate = next(node, 'message:duplicate')

      assert.ok(nebula.getMessagesEvents().federation.includes('federation_ready'))
      assert.deepEqual(nebula.getMessagesEvents().model, [])
      assert.equal(nebula.includeReceivedMessageHash('a', peer), true)
      assert.equal(nebula.includeReceivedMessageHash('b', peer), true)
      assert.equal(nebula.includeReceivedMessageHash('a', peer), false)
      assert.ok((await duplicate).source.equals(peer))
    })
  })

  it('forgets the hashes that the application gives when it forgets its own messages', async () => {
    const clock = new ManualClock()

    await withNodes(
      [createOverlayNode({ clock, messages: { seenTtl: 5_000 } })] as const,
      async ({ services: { nebula } }) => {
        const peer = await createPeerId()

        assert.equal(nebula.includeReceivedMessageHash('a', peer), true)
        await clock.advance(4_000)
        assert.equal(nebula.includeReceivedMessageHash('a', peer), false)
        await clock.advance(5_000)
        assert.equal(nebula.includeReceivedMessageHash('a', peer), true)
      }
    )
  })

  it('dials lost peers at once when it is asked, or gives them up', async () => {
    const init = { links: { redialDelay: 3_600_000, maxRedialDelay: 3_600_000 } }
    const ours = await createOverlayNode(init)
    const theirs = await createOverlayNode()
    const { nebula } = ours.services

    try {
      await nebula.connect(theirs.getMultiaddrs())

      for (const act of ['dial', 'give up'] as const) {
        const closed = next(ours, 'link:close')

        ours
          .getConnections(theirs.peerId)
          .forEach((connection) => connection.abort(new Error('cable pulled')))
        await closed
        // whichever end makes it again first: this one waits for an hour
        await theirs.services.nebula.disconnect(ours.peerId, { restrict: false }).catch(() => {})

        if (act === 'dial') {
          nebula.runReconnections()
          await until('linked again', () => has(ours, theirs.peerId))
        } else if (nebula.redialling(theirs.peerId)) {
          assert.equal(nebula.terminateFailedReconnection(theirs.peerId), true)
          assert.equal(nebula.redialling(theirs.peerId), false)
          assert.equal(nebula.terminateFailedReconnection(theirs.peerId), false)
        }
      }
    } finally {
      await Promise.all([ours.stop(), theirs.stop()])
    }
  })
})
