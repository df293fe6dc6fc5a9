import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { defaultLogger } from '@libp2p/logger'
import { multiaddr } from '@multiformats/multiaddr'
import { MemoryDatastore } from 'datastore-core'
import { LevelDatastore } from 'datastore-level'
import { Key } from 'interface-datastore'
import { blacklistGater, Restrictions } from '../../src/index.ts'
import { BlockedAddresses } from '../../src/scoring/blocked-addresses.ts'
import { parseSubnet } from '../../src/lib/net/index.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { createOverlayNode, has, next, until, withNodes } from '../support/overlay-nodes.ts'
import type { BlockedAddressesInit } from '../../src/scoring/blocked-addresses.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'
import type { MultiaddrConnection } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'

const bad = multiaddr('/ip4/203.0.113.7/tcp/1')
const good = multiaddr('/ip4/203.0.114.7/tcp/1')
const subnet = parseSubnet('203.0.113.0/24')

function create(init: BlockedAddressesInit = {}, datastore: Datastore = new MemoryDatastore()) {
  return new BlockedAddresses({ datastore, logger: defaultLogger() }, init)
}

describe('blocked addresses', () => {
  it('hold until the tick at which their time is over', async () => {
    const clock = new ManualClock()
    const addresses = create({ clock, blacklistTtl: 1_000 })

    await addresses.add(subnet, 'spam')
    assert.deepEqual(addresses.list(), [
      { address: '203.0.113.0/24', reason: 'spam', expiresAt: clock.now() + 1_000 }
    ])
    assert.deepEqual([addresses.has(bad), addresses.has(good)], [true, false])
    await clock.advance(999)
    assert.equal(addresses.has(bad), true)
    await clock.advance(1)
    assert.equal(addresses.has(bad), false)
    assert.deepEqual(addresses.list(), [])
    assert.equal(clock.pending, 0)
  })

  it('hold for a time of their own, and begin anew when added again', async () => {
    const clock = new ManualClock()
    const addresses = create({ clock, blacklistTtl: 1_000 })

    await addresses.add(subnet, 'first', 5_000)
    await clock.advance(4_999)
    assert.equal(addresses.has(bad), true)
    await addresses.add(subnet, 'second')
    await clock.advance(999)
    assert.equal(addresses.has(bad), true)
    assert.equal(addresses.list()[0]?.reason, 'second')
    await clock.advance(1)
    assert.equal(addresses.has(bad), false)
  })

  it('are not let in sooner by what names no time', async () => {
    const clock = new ManualClock()
    const addresses = create({ clock })

    await addresses.add(subnet, 'first', 86_400_000)
    await addresses.add(subnet, 'second')
    assert.deepEqual(addresses.list(), [
      { address: '203.0.113.0/24', reason: 'first', expiresAt: clock.now() + 86_400_000 }
    ])
    await addresses.add(subnet, 'third', 1_000)
    assert.deepEqual(addresses.list(), [
      { address: '203.0.113.0/24', reason: 'third', expiresAt: clock.now() + 1_000 }
    ])
  })

  it('are no longer in force than they were made for when the clock is set back', async () => {
    const clock = new ManualClock()
    const addresses = create({ clock, blacklistTtl: 1_000 })

    await addresses.start()
    await addresses.add(subnet, '')
    clock.leap(-3_600_000)
    assert.equal(addresses.has(bad), true)
    await clock.advance(1_000)
    assert.equal(addresses.has(bad), false)
  })

  it('of the configuration never expire, and cannot be removed', async () => {
    const clock = new ManualClock()
    const addresses = create({ clock, blockedAddresses: ['203.0.113.9/24'] })

    await clock.advance(1e9)
    await addresses.remove(subnet)
    await addresses.clear()
    assert.equal(addresses.has(bad), true)
    assert.deepEqual(addresses.list(), [{ address: '203.0.113.0/24', reason: 'configured', expiresAt: null }])
    assert.throws(() => create({ blockedAddresses: ['nowhere'] }), { name: 'InvalidParametersError' })
  })

  it('are removed and cleared', async () => {
    const addresses = create()

    await addresses.add(subnet, '')
    await addresses.add(parseSubnet('198.51.100.1'), '')
    await addresses.remove(parseSubnet('203.0.113.99/24'))
    assert.equal(addresses.has(bad), false)
    assert.equal(addresses.list().length, 1)
    await addresses.clear()
    assert.deepEqual(addresses.list(), [])
  })

  it('are no more than allowed: the one that would expire first makes room', async () => {
    const clock = new ManualClock()
    const addresses = create({ clock, maxAddresses: 2 })

    await addresses.add(parseSubnet('192.0.2.1'), '', 3_000)
    await addresses.add(parseSubnet('192.0.2.2'), '', 1_000)
    assert.equal(addresses.list().length, 2)
    await addresses.add(parseSubnet('192.0.2.3'), '', 2_000)
    assert.deepEqual(
      addresses.list().map(({ address }) => address),
      ['192.0.2.1', '192.0.2.3']
    )
    // one that is there needs no room
    await addresses.add(parseSubnet('192.0.2.1'), '', 9_000)
    assert.equal(addresses.list().length, 2)
  })

  it('hold over a restart', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'nebula-addresses-'))

    try {
      const clock = new ManualClock()

      for (const run of [1, 2]) {
        const datastore = new LevelDatastore(directory)

        await datastore.open()
        const addresses = create({ clock }, datastore)

        await addresses.start()

        if (run === 1) {
          await addresses.add(subnet, 'spam')
          await addresses.add(parseSubnet('2001:db8::/32'), 'spam', 1_000)
          await addresses.add(parseSubnet('192.0.2.1'), '')
          await addresses.remove(parseSubnet('192.0.2.1'))
          await clock.advance(1_000)
        } else {
          assert.deepEqual(addresses.list(), [
            { address: '203.0.113.0/24', reason: 'spam', expiresAt: clock.now() + 239_000 }
          ])
          assert.equal(addresses.has(bad), true)
        }

        await addresses.stop()
        await datastore.close()
      }
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  })

  it('that are none are deleted at the start', async () => {
    const datastore = new MemoryDatastore()
    const clock = new ManualClock()
    const entry = { address: '203.0.113.0/24', reason: '', expiresAt: clock.now() + 1_000, ttl: 1_000 }
    const put = async (name: string, value: unknown): Promise<void> => {
      await datastore.put(
        new Key(`/nebula/blocked-addresses/${encodeURIComponent(name)}`),
        new TextEncoder().encode(JSON.stringify(value))
      )
    }

    await put('one', null)
    await put('two', { ...entry, address: 'two' })
    await put('three', { ...entry, ttl: undefined })
    await put('192.0.2.1', entry)
    await put('192.0.2.2', { ...entry, address: '192.0.2.2', expiresAt: clock.now() })
    await put('203.0.113.0/24', entry)

    const addresses = create({ clock }, datastore)

    await addresses.start()
    assert.equal(addresses.list().length, 1)
    await addresses.stop()

    let left = 0

    for await (const _ of datastore.queryKeys({})) {
      left++
    }

    assert.equal(left, 1)
  })
})

describe('the gater, of blocked addresses', () => {
  const from = (remoteAddr: typeof bad): MultiaddrConnection => ({ remoteAddr }) as MultiaddrConnection

  it('denies them at every stage at which an address is known', async () => {
    const restrictions = new Restrictions({ datastore: new MemoryDatastore(), logger: defaultLogger() })
    const gater = blacklistGater(restrictions)
    const peer = await createPeerId()
    const ask = (addr: typeof bad): unknown[] => [
      gater.denyDialMultiaddr?.(addr),
      gater.denyDialMultiaddr?.(addr.encapsulate(`/p2p/${peer}/p2p-circuit`)),
      gater.denyInboundConnection?.(from(addr)),
      gater.denyOutboundConnection?.(peer, from(addr)),
      gater.denyInboundEncryptedConnection?.(peer, from(addr)),
      gater.denyOutboundEncryptedConnection?.(peer, from(addr)),
      gater.denyInboundUpgradedConnection?.(peer, from(addr)),
      gater.denyOutboundUpgradedConnection?.(peer, from(addr))
    ]

    assert.deepEqual(new Set(ask(bad)), new Set([false]))
    await restrictions.addresses.add(subnet, '')
    assert.deepEqual(new Set(ask(bad)), new Set([true]))
    assert.deepEqual(new Set(ask(good)), new Set([false]))
    await restrictions.addresses.remove(subnet)
    assert.deepEqual(new Set(ask(bad)), new Set([false]))
  })
})

for (const gated of [true, false]) {
  describe(`a blocked address, of a node ${gated ? 'with' : 'without'} the gater`, () => {
    async function nodes(run: (ours: OverlayNode, peer: OverlayNode) => Promise<void>): Promise<void> {
      const restrictions = new Restrictions({ datastore: new MemoryDatastore(), logger: defaultLogger() })

      await withNodes(
        [
          createOverlayNode({ restrictions }, gated ? { connectionGater: blacklistGater(restrictions) } : {}),
          createOverlayNode({ links: { attemptDelay: 0 } })
        ],
        run
      )
    }

    it('loses its links and connections', async () => {
      await nodes(async (ours, peer) => {
        await peer.services.nebula.connect(ours.getMultiaddrs())
        await until('the link', () => has(ours, peer.peerId))
        const closed = next(ours, 'link:close')

        await ours.services.nebula.addToBlacklist('127.0.0.1', { reason: 'test' })
        assert.equal((await closed).reason, 'blacklisted')
        await until('no connection', () => ours.getConnections().length === 0)
        await until('no connection there', () => peer.getConnections().length === 0)
      })
    })

    it('can neither come in nor be linked with, until it is let in again', async () => {
      await nodes(async (ours, peer) => {
        await ours.services.nebula.addToBlacklist('127.0.0.0/8')
        await assert.rejects(peer.services.nebula.connect(ours.getMultiaddrs()))
        await assert.rejects(ours.services.nebula.connect(peer.getMultiaddrs()))
        await until('no connection', () => ours.getConnections().length === 0)
        assert.equal(has(ours, peer.peerId), false)
        assert.equal(ours.services.nebula.blockedAddresses()[0]?.address, '127.0.0.0/8')

        await ours.services.nebula.removeFromBlacklist('127.0.0.0/8')
        await peer.services.nebula.connect(ours.getMultiaddrs())
        await until('the link', () => has(ours, peer.peerId))
      })
    })

    if (gated) {
      it('is not dialled', async () => {
        await nodes(async (ours, peer) => {
          await ours.services.nebula.addToBlacklist('127.0.0.1')
          await assert.rejects(ours.dial(peer.getMultiaddrs()), { name: 'DialDeniedError' })
        })
      })
    }
  })
}

describe('the blacklist of a service', () => {
  it('takes a time and a reason, and nothing that is no address', async () => {
    await withNodes([createOverlayNode()], async (ours: OverlayNode) => {
      const { nebula } = ours.services
      const peer = await createPeerId()
      const before = Date.now()
      const invalid = { name: 'InvalidParametersError' }

      await nebula.addToBlacklist(peer, { reason: 'noise', ttl: 3_600_000 })
      const [entry] = nebula.restrictions()

      assert.equal(entry?.reason, 'noise')
      assert.ok((entry?.expiresAt ?? 0) >= before + 3_600_000)
      await assert.rejects(nebula.addToBlacklist('nowhere'), invalid)

      for (const target of ['junk', null, {}] as never[]) {
        await assert.rejects(nebula.addToBlacklist(target), invalid)
        await assert.rejects(nebula.addToRecentlyDisconnected(target), invalid)
      }

      for (const ttl of [Number.NaN, Number.POSITIVE_INFINITY, -1, 0, '5' as never]) {
        await assert.rejects(nebula.addToBlacklist(peer, { ttl }), invalid)
        await assert.rejects(nebula.addToBlacklist('192.0.2.1', { ttl }), invalid)
        await assert.rejects(nebula.addToRecentlyDisconnected(peer, { ttl }), invalid)
      }

      await assert.rejects(nebula.removeFromBlacklist('10.0.0.0/33'), { name: 'InvalidParametersError' })
      await nebula.addToBlacklist('10.0.0.0/8', 'private')
      assert.equal(nebula.blockedAddresses()[0]?.reason, 'private')
      await nebula.clearRestrictions()
      assert.deepEqual([nebula.restrictions(), nebula.blockedAddresses()], [[], []])
    })
  })
})
