import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { MAX_SOURCES_PER_PEER } from '../../src/discovery/constants.ts'
import { Presence } from '../../src/discovery/presence.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import { ManualClock } from '../support/manual-clock.ts'
import type { PeerId, PeerInfo } from '@libp2p/interface'

function announcement(id: PeerId, ...ports: number[]): PeerInfo {
  return { id, multiaddrs: ports.map((port) => multiaddr(`/ip4/10.0.0.1/tcp/${port}`)) }
}

function ids(presence: Presence): string[] {
  return presence.present().map(({ id }) => id.toString())
}

describe('Presence', () => {
  const peers: PeerId[] = []

  before(async () => {
    for (let i = 0; i < 4; i++) {
      peers.push(await createPeerId())
    }
  })

  function peer(index: number): PeerId {
    const id = peers[index]
    assert.ok(id != null)

    return id
  }

  it('tells new, known and changed peers apart', () => {
    const presence = new Presence({ clock: new ManualClock() })

    assert.equal(presence.seen(announcement(peer(0), 1, 2)), 'new')
    assert.equal(presence.seen(announcement(peer(0), 1, 2)), 'known')
    assert.equal(presence.seen(announcement(peer(0), 2, 1)), 'known', 'the order of addresses is no change')
    assert.equal(presence.seen(announcement(peer(0), 2, 3)), 'changed')
    assert.equal(presence.seen(announcement(peer(0), 2)), 'changed')
    assert.equal(presence.seen(announcement(peer(1), 2)), 'new')
  })

  it('keeps the addresses of each source, and replaces those of the same one', async () => {
    const clock = new ManualClock()
    const presence = new Presence({ clock, ttl: 100, maxAddrs: 3 })
    const ports = (): string[] =>
      (presence.addrs(peer(0)) ?? []).map((addr) => addr.toString().replace(/.*\//, ''))

    assert.equal(presence.seen(announcement(peer(0), 1, 2), 'eth0'), 'new')
    assert.equal(presence.seen(announcement(peer(0), 3), 'eth1'), 'changed')
    assert.deepEqual(ports(), ['1', '3', '2'])

    for (let i = 0; i < 3; i++) {
      assert.equal(presence.seen(announcement(peer(0), 1, 2), 'eth0'), 'known', 'in turns is no change')
      assert.equal(presence.seen(announcement(peer(0), 3), 'eth1'), 'known')
    }

    assert.equal(presence.seen(announcement(peer(0), 4, 5, 6, 7), 'eth0'), 'changed')
    assert.deepEqual(ports(), ['3', '4', '5'], 'the bound leaves each source its first')

    await clock.advance(50)
    presence.seen(announcement(peer(0), 3), 'eth1')
    await clock.advance(50)
    assert.deepEqual(ports(), ['3'], 'what one source does not say any more expires')
    await clock.advance(50)
    assert.deepEqual(presence.present(), [])
  })

  it('bounds the sources of a peer', () => {
    const presence = new Presence({ clock: new ManualClock(), maxAddrs: 1_000 })
    Array.from({ length: 100 }, (_, i) => presence.seen(announcement(peer(0), i + 1), `eth${i}`))
    assert.equal(presence.addrs(peer(0))?.length, MAX_SOURCES_PER_PEER)
  })

  it('moves along with a clock that has leapt, and expires in the same time after it as before', async () => {
    for (const leap of [8 * 3_600_000, -3_600_000]) {
      const clock = new ManualClock()
      const presence = new Presence({ clock, ttl: 100 })

      presence.seen(announcement(peer(0), 1))
      await clock.advance(60)
      clock.leap(leap)
      presence.shift(leap)
      await clock.advance(39)
      assert.deepEqual(ids(presence), [peer(0).toString()])
      await clock.advance(1)
      assert.deepEqual(ids(presence), [])
    }
  })

  it('keeps the addresses announced last', () => {
    const presence = new Presence({ clock: new ManualClock() })
    presence.seen(announcement(peer(0), 1))
    presence.seen(announcement(peer(0), 2))

    assert.deepEqual(presence.addrs(peer(0))?.map(String), ['/ip4/10.0.0.1/tcp/2'])
    assert.deepEqual(presence.present()[0]?.multiaddrs.map(String), ['/ip4/10.0.0.1/tcp/2'])
    assert.ok(presence.present()[0]?.id.equals(peer(0)))
    assert.equal(presence.addrs(peer(1)), undefined)
  })

  it('drops a peer exactly when its time is over, without a timer', async () => {
    const clock = new ManualClock()
    const presence = new Presence({ clock, ttl: 1_000 })
    presence.seen(announcement(peer(0), 1))
    await clock.advance(500)
    presence.seen(announcement(peer(1), 1))

    await clock.advance(499)
    assert.equal(presence.size, 2)
    await clock.advance(1)
    assert.deepEqual(ids(presence), [peer(1).toString()])
    assert.equal(presence.addrs(peer(0)), undefined)
    assert.equal(presence.seen(announcement(peer(0), 1)), 'new')
    assert.equal(clock.pending, 0)
  })

  it('starts the time again with each announcement', async () => {
    const clock = new ManualClock()
    const presence = new Presence({ clock, ttl: 1_000 })
    presence.seen(announcement(peer(0), 1))
    presence.seen(announcement(peer(1), 1))
    await clock.advance(999)
    presence.seen(announcement(peer(0), 1))
    await clock.advance(999)

    assert.deepEqual(ids(presence), [peer(0).toString()])
  })

  it('holds maxPeers peers, and drops the one unseen the longest for one more', () => {
    const presence = new Presence({ clock: new ManualClock(), maxPeers: 3 })

    for (const index of [0, 1, 2, 0]) {
      presence.seen(announcement(peer(index), 1))
    }

    assert.equal(presence.size, 3)
    presence.seen(announcement(peer(3), 1))
    assert.deepEqual(
      ids(presence),
      [2, 0, 3].map((index) => peer(index).toString())
    )
  })

  it('keeps maxAddrs addresses of a peer, each once', () => {
    const presence = new Presence({ clock: new ManualClock(), maxAddrs: 3 })

    presence.seen(announcement(peer(0), 1, 1, 2, 3))
    assert.equal(presence.addrs(peer(0))?.length, 3)
    assert.equal(presence.seen(announcement(peer(0), 1, 2, 3, 4)), 'known')
    assert.deepEqual(presence.addrs(peer(0))?.map(String), [
      '/ip4/10.0.0.1/tcp/1',
      '/ip4/10.0.0.1/tcp/2',
      '/ip4/10.0.0.1/tcp/3'
    ])
  })
})
