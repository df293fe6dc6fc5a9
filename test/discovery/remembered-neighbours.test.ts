import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { defaultLogger } from '@libp2p/logger'
import { multiaddr } from '@multiformats/multiaddr'
import { MemoryDatastore } from 'datastore-core'
import { Key } from 'interface-datastore'
import { TypedEventEmitter } from 'main-event'
import { RememberedNeighbours } from '../../src/discovery/index.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import type { Link, LinkManager, LinkManagerEvents } from '../../src/links/index.ts'
import type { PeerId, PeerInfo } from '@libp2p/interface'

const addr = multiaddr('/ip4/192.0.2.1/tcp/4001')

async function run(datastore: MemoryDatastore, peerId: PeerId, max: number, banned: PeerId[] = []) {
  const links = Object.assign(new TypedEventEmitter<LinkManagerEvents>(), { links: { select: () => [] } })
  const told: PeerInfo[] = []
  const remembered = new RememberedNeighbours(
    { peerId, datastore, linkManager: links as unknown as LinkManager, logger: defaultLogger() },
    {
      max,
      isBlacklisted: (peer) => banned.some((each) => each.equals(peer)),
      onRemembered: (info) => told.push(info),
      onForgotten: () => {}
    }
  )

  await remembered.start()

  return {
    told,
    open: (peer: PeerId, openedAt: number): void => {
      const connection = { direction: 'outbound', remoteAddr: addr.encapsulate(`/p2p/${peer}`) }
      const link = { peer, direct: true, openedAt, connection, node: { listenAddrs: [] } }

      links.safeDispatchEvent('open', { detail: link as unknown as Link })
    },
    stop: async (): Promise<void> => remembered.stop()
  }
}

describe('RememberedNeighbours', () => {
  it('keeps so many, the latest, with an address that names no peer', async () => {
    const datastore = new MemoryDatastore()
    const [self, a, b, c] = await Promise.all([0, 1, 2, 3].map(createPeerId))

    assert.ok(self != null && a != null && b != null && c != null)

    const first = await run(datastore, self, 2)

    ;[a, b, c].forEach((peer, index) => first.open(peer, index))
    await first.stop()

    const second = await run(datastore, self, 2)

    assert.deepEqual(
      second.told.map(({ id, multiaddrs }) => [String(id), ...multiaddrs.map(String)]),
      [b, c].map((peer) => [peer.toString(), addr.toString()])
    )
    await second.stop()

    const third = await run(datastore, self, 1)

    assert.deepEqual(
      third.told.map(({ id }) => String(id)),
      [c.toString()]
    )
    await third.stop()
  })

  it('deletes records that are damaged, of the node itself, and of who is blacklisted', async () => {
    const datastore = new MemoryDatastore()
    const [self, banned, good] = await Promise.all([0, 1, 2].map(createPeerId))

    assert.ok(self != null && banned != null && good != null)

    const record = Buffer.from(JSON.stringify({ addrs: [addr.toString()], linkedAt: 1 }))

    for (const name of [self, banned, good, 'nobody'].map(String)) {
      await datastore.put(new Key(`/nebula/neighbours/${name}`), record)
    }

    await datastore.put(new Key(`/nebula/neighbours/${await createPeerId()}`), Buffer.from('{"addrs":'))

    const { told, stop } = await run(datastore, self, 10, [banned])

    await stop()
    assert.deepEqual(
      told.map(({ id }) => String(id)),
      [good.toString()]
    )

    const keys: string[] = []

    for await (const key of datastore.queryKeys({ prefix: '/nebula/neighbours/' })) {
      keys.push(key.baseNamespace())
    }

    assert.deepEqual(keys, [good.toString()])
  })
})
