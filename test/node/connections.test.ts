import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createNode } from '../../src/node/index.ts'
import { until } from '../support/overlay-nodes.ts'
import type { ConfigInput } from '../../src/config/index.ts'
import type { NebulaNode } from '../../src/node/index.ts'

async function withConfigured(
  configs: ConfigInput[],
  run: (...nodes: NebulaNode[]) => Promise<void>
): Promise<void> {
  const nodes = await Promise.all(
    configs.map(async (config) =>
      createNode({
        listen: ['/ip4/127.0.0.1/tcp/0'],
        mdns: { enabled: false },
        metrics: { enabled: false },
        ...config
      })
    )
  )

  try {
    await run(...nodes)
  } finally {
    await Promise.all(nodes.map(async (node) => node.stop()))
  }
}

async function dial(from: NebulaNode, to: NebulaNode): Promise<string | undefined> {
  return (await from.libp2p.dial(to.libp2p.getMultiaddrs())).encryption
}

describe('the configuration of connections', () => {
  it('encrypts with Noise by default, and with TLS to a node that knows nothing else', async () => {
    await withConfigured([{}, {}, { encryption: ['tls'] }], async (ours, theirs, tlsOnly) => {
      assert.equal(await dial(ours, theirs), '/noise')
      assert.equal(await dial(ours, tlsOnly), '/tls/1.0.0')
    })
  })

  it('encrypts with the first way that both ends know', async () => {
    await withConfigured(
      [{ encryption: ['tls', 'noise'] }, { encryption: ['noise', 'tls'] }, { encryption: ['noise'] }],
      async (tlsFirst, noiseFirst, noiseOnly) => {
        assert.equal(await dial(tlsFirst, noiseFirst), '/tls/1.0.0')
        assert.equal(await dial(noiseFirst, noiseOnly), '/noise')
        assert.equal(await dial(tlsFirst, noiseOnly), '/noise')
      }
    )
  })

  it('announces what is said, and nothing that begins with what is not to be', async () => {
    await withConfigured(
      [
        { announce: ['/dns4/node.example.org/tcp/4001'] },
        {
          appendAnnounce: ['/ip4/192.0.2.7/tcp/4001', '/ip4/192.0.2.77/tcp/4001'],
          noAnnounce: ['/ip4/192.0.2.7']
        }
      ],
      async (announcing, hiding) => {
        const addrs = (node: NebulaNode): string[] =>
          node.libp2p.getMultiaddrs().map((addr) => addr.decapsulate('/p2p').toString())

        assert.deepEqual(addrs(announcing), ['/dns4/node.example.org/tcp/4001'])
        assert.ok(addrs(hiding).includes('/ip4/192.0.2.77/tcp/4001'))
        assert.ok(!addrs(hiding).includes('/ip4/192.0.2.7/tcp/4001'))
      }
    )
  })

  it('refuses a connection above the number, and has one up to it', async () => {
    await withConfigured(
      [{ links: { maxLinks: 1 }, connections: { maxConnections: 1 } }, {}, {}],
      async (full, first, second) => {
        await dial(first, full)
        await until('the first is there', () => full.libp2p.getConnections().length === 1)
        await assert.rejects(async () => {
          const connection = await second.libp2p.dial(full.libp2p.getMultiaddrs())

          // where the refusal crosses the end of the upgrade it shows on the first stream
          await connection.newStream('/ipfs/ping/1.0.0')
        })
        assert.equal(full.libp2p.getConnections().length, 1)
      }
    )
  })

  it('lets newcomers in where idle connections have taken all there are', async () => {
    await withConfigured(
      [{ links: { maxLinks: 2 }, connections: { maxConnections: 3 } }, {}, {}, {}, {}],
      async (crowded, linked, idle, another, newcomer) => {
        await linked.nebula.connect(crowded.libp2p.getMultiaddrs())
        await dial(idle, crowded)
        await dial(another, crowded)
        await until('the first has made room', () => idle.libp2p.getConnections().length === 0)
        await newcomer.nebula.connect(crowded.libp2p.getMultiaddrs())
        assert.ok(crowded.nebula.verifyConnections([linked.peerId, newcomer.peerId]))
      }
    )
  })

  it('forgets who leaves without a link, and not who had one', async () => {
    await withConfigured([{ connections: { strangerTtl: 1 } }, {}, {}], async (node, linked, stranger) => {
      const known = new Set<string>()
      node.libp2p.addEventListener('peer:identify', ({ detail }) => known.add(detail.peerId.toString()))
      await linked.nebula.connect(node.libp2p.getMultiaddrs())
      await dial(stranger, node)
      await until('both have said who they are', () => known.size === 2)
      await Promise.all([linked.stop(), stranger.stop()])

      let kept: string[] = []
      const look = async (): Promise<void> => {
        kept = (await node.libp2p.peerStore.all()).map(({ id }) => id.toString())
      }
      await until('the stranger is forgotten', () => {
        void look()

        return kept.length === 1
      })
      assert.deepEqual(kept, [linked.peerId.toString()])
    })
  })

  it('accepts so many connections of a host in a second', async () => {
    await withConfigured(
      [{ connections: { inboundPerSecond: 1 } }, {}, {}, {}, {}],
      async (strict, ...others) => {
        // all at once, so that they come within a second
        const results = await Promise.allSettled(others.map(async (other) => dial(other, strict)))
        const statuses = new Set(results.map(({ status }) => status))

        assert.deepEqual([...statuses].sort(), ['fulfilled', 'rejected'])
      }
    )
  })

  it('has so many streams on a connection, and not one more', async () => {
    await withConfigured([{}, { connections: { maxOutboundStreams: 16 } }], async (a, b) => {
      const connection = await b.libp2p.dial(a.libp2p.getMultiaddrs())

      await assert.rejects(
        async () => {
          // what others have open counts as well
          for (let count = 0; count <= 16; count++) {
            await connection.newStream('/ipfs/ping/1.0.0', { maxOutboundStreams: 100 })
          }
        },
        (err: Error) => /limit|too many|max/i.test(err.message)
      )
    })
  })
})
