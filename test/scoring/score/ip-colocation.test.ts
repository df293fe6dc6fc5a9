import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { TypedEventEmitter } from 'main-event'
import { IpColocation } from '../../../src/scoring/score/ip-colocation.ts'
import { createPeerId } from '../../support/create-peer-id.ts'
import type { IpColocationInit } from '../../../src/scoring/score/ip-colocation.ts'
import type { Connection, Libp2pEvents, PeerId } from '@libp2p/interface'

describe('peers at one IP address', () => {
  let peers: PeerId[]

  before(async () => {
    peers = await Promise.all(Array.from({ length: 4 }, createPeerId))
  })

  function fixture(init: IpColocationInit = {}, open: Connection[] = []) {
    const events = new TypedEventEmitter<Libp2pEvents>()
    const colocation = new IpColocation({ events, connectionManager: { getConnections: () => open } }, init)
    const tell = (type: 'connection:open' | 'connection:close', detail: Connection): void => {
      events.safeDispatchEvent(type, { detail })
    }

    colocation.start()

    return {
      events,
      colocation,
      counts: () => peers.map((peer) => colocation.count(peer)),
      open: (opened: Connection) => tell('connection:open', opened),
      close: (closed: Connection) => tell('connection:close', closed)
    }
  }

  function connection(peer: number, addr: string): Connection {
    return { remotePeer: peers[peer], remoteAddr: multiaddr(addr) } as Connection
  }

  it('are counted while they have connections, each once', () => {
    const { open, close, counts } = fixture()
    const first = connection(0, '/ip4/198.51.100.7/tcp/1')
    const second = connection(0, '/ip4/198.51.100.7/tcp/2')
    const other = connection(1, '/ip4/198.51.100.7/tcp/3')

    open(first)
    open(second)
    open(other)
    open(connection(2, '/ip4/198.51.100.8/tcp/1'))
    assert.deepEqual(counts(), [2, 2, 1, 0])
    close(first)
    assert.deepEqual(counts(), [2, 2, 1, 0])
    close(second)
    assert.deepEqual(counts(), [0, 1, 1, 0])
    close(other)
    assert.deepEqual(counts(), [0, 0, 1, 0])
  })

  it('are those of one IPv6 network', () => {
    const { open, counts } = fixture()

    open(connection(0, '/ip6/2001:db8:1:2::1/tcp/1'))
    open(connection(1, '/ip6/2001:db8:1:2:ffff::9/tcp/1'))
    open(connection(2, '/ip6/2001:db8:1:3::1/tcp/1'))
    assert.deepEqual(counts(), [2, 2, 1, 0])
  })

  it('are as many as at the fullest of a peer’s addresses', () => {
    const { open, counts } = fixture()

    open(connection(0, '/ip4/198.51.100.1/tcp/1'))
    open(connection(0, '/ip4/198.51.100.2/tcp/1'))
    open(connection(1, '/ip4/198.51.100.2/tcp/1'))
    assert.deepEqual(counts(), [2, 2, 0, 0])
  })

  it('do not count where many nodes share an address for good reasons', () => {
    const { open, counts } = fixture()

    for (const host of [
      '/ip4/127.0.0.1',
      '/ip6/::1',
      '/ip4/10.1.2.3',
      '/ip4/172.31.0.1',
      '/ip4/192.168.1.1',
      '/ip4/100.64.0.1',
      '/ip4/169.254.1.1',
      '/ip6/fd00::1',
      '/ip6/fe80::1'
    ]) {
      open(connection(0, `${host}/tcp/1`))
      open(connection(1, `${host}/tcp/2`))
    }

    assert.deepEqual(counts(), [0, 0, 0, 0])
  })

  it('count where the configuration says so', () => {
    const { open, counts } = fixture({ exempt: ['192.0.2.1'] })

    open(connection(0, '/ip4/127.0.0.1/tcp/1'))
    open(connection(1, '/ip4/192.0.2.1/tcp/1'))
    assert.deepEqual(counts(), [1, 0, 0, 0])
    assert.throws(() => fixture({ exempt: ['nowhere'] }), { name: 'InvalidParametersError' })
  })

  it('do not count over a relay or without an IP address', () => {
    const { open, counts } = fixture()

    open(connection(0, `/ip4/198.51.100.7/tcp/1/p2p/${peers[3]}/p2p-circuit`))
    open(connection(1, '/dns4/node.example.org/tcp/1'))
    assert.deepEqual(counts(), [0, 0, 0, 0])
  })

  it('are those that were connected before the start, and none after the stop', () => {
    const { open, counts, colocation, events } = fixture({}, [connection(0, '/ip4/198.51.100.7/tcp/1')])

    assert.deepEqual(counts(), [1, 0, 0, 0])
    colocation.start()
    assert.deepEqual(counts(), [1, 0, 0, 0])
    colocation.stop()
    colocation.stop()
    open(connection(1, '/ip4/198.51.100.7/tcp/1'))
    assert.deepEqual(counts(), [0, 0, 0, 0])
    assert.equal(events.listenerCount('connection:open') + events.listenerCount('connection:close'), 0)
  })
})
