import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { mergeLibp2pOptions } from '../../../src/node/user-options/merge.ts'
import type { UserLibp2pOptions, UserOptionsGuards } from '../../../src/node/user-options/index.ts'
import type { ConnectionEncrypter, StreamMuxerFactory, Transport } from '@libp2p/interface'
import type { Libp2pOptions } from 'libp2p'

const unguarded: UserOptionsGuards = { transport: (create) => create, muxer: (create) => create }

// libp2p's components are not looked at by what is made here
const transport = (name: string) => () => ({ [Symbol.toStringTag]: name }) as Transport
const encrypter = (protocol: string) => () => ({ protocol }) as ConnectionEncrypter
const muxer = (protocol: string) => () => ({ protocol }) as StreamMuxerFactory

function merge(ours: Libp2pOptions, theirs: object, guards = unguarded): Libp2pOptions {
  return mergeLibp2pOptions(ours, theirs as UserLibp2pOptions, guards)
}

function make<T>(factories: Array<(components: never) => T> | undefined): T[] {
  return (factories ?? []).map((create) => create(undefined as never))
}

describe("the user's own options of libp2p", () => {
  it('join lists, those of the node first', () => {
    const merged = merge(
      {
        transports: [transport('tcp')],
        connectionEncrypters: [encrypter('/noise')],
        streamMuxers: [muxer('/yamux/1.0.0')],
        peerDiscovery: [() => 'a' as never],
        addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] }
      },
      {
        transports: [transport('webrtc')],
        connectionEncrypters: [encrypter('/tls/1.0.0')],
        streamMuxers: [muxer('/mplex/6.7.0')],
        peerDiscovery: [() => 'b'],
        peerRouters: [() => 'r'],
        contentRouters: [() => 'c'],
        addresses: { listen: ['/ip4/127.0.0.1/tcp/0', '/webrtc'], announce: ['/dns4/a.example/tcp/1'] }
      }
    )

    assert.deepEqual(
      make(merged.transports).map((made) => made[Symbol.toStringTag]),
      ['tcp', 'webrtc']
    )
    assert.deepEqual(
      make(merged.connectionEncrypters).map(({ protocol }) => protocol),
      ['/noise', '/tls/1.0.0']
    )
    assert.deepEqual(
      make(merged.streamMuxers).map(({ protocol }) => protocol),
      ['/yamux/1.0.0', '/mplex/6.7.0']
    )
    assert.deepEqual(make(merged.peerDiscovery), ['a', 'b'])
    assert.deepEqual([make(merged.peerRouters), make(merged.contentRouters)], [['r'], ['c']])
    assert.deepEqual(merged.addresses?.listen, ['/ip4/127.0.0.1/tcp/0', '/webrtc'])
    assert.deepEqual(merged.addresses?.announce, ['/dns4/a.example/tcp/1'])
  })

  for (const [list, one, remedy] of [
    ['transports', transport('@libp2p/tcp'), 'transports'],
    ['connectionEncrypters', encrypter('/noise'), 'encryption'],
    ['streamMuxers', muxer('/yamux/1.0.0'), 'connections']
  ] as const) {
    it(`refuse two of one name in ${list}, and say what to leave out`, () => {
      const merged = merge({ [list]: [one] }, { [list]: [one] })

      assert.throws(() => make(merged[list] as never), {
        name: 'Libp2pOptionsError',
        option: list,
        message: new RegExp(`there twice\\. .*\`${remedy}\``)
      })
    })
  }

  it('are guarded where a peer could fill something', () => {
    const guarded: string[] = []
    const guards: UserOptionsGuards = {
      transport: (create) => {
        guarded.push('transport')

        return create
      },
      muxer: (create) => {
        guarded.push('muxer')

        return create
      }
    }

    merge({}, { transports: [transport('a'), transport('b')], streamMuxers: [muxer('m')] }, guards)
    assert.deepEqual(guarded, ['transport', 'transport', 'muxer'])
  })

  for (const [what, ours, theirs, option, message] of [
    [
      'a bound that the configuration sets',
      { connectionManager: { maxConnections: 3 } },
      { connectionManager: { maxConnections: 9, maxDialQueueLength: 1 } },
      'connectionManager.maxConnections',
      /`connections\.maxConnections`/
    ],
    [
      'a service of the node',
      { services: { identify: () => 1 } },
      { services: { identify: () => 2 } },
      'services.identify',
      /sets it already/
    ],
    [
      'a second key of a private network',
      { connectionProtector: () => 1 },
      { connectionProtector: () => 2 },
      'connectionProtector',
      /libp2p\.swarmKey/
    ],
    [
      'an option that libp2p does not have',
      {},
      { conectionManager: {} },
      'conectionManager',
      /"connectionManager"/
    ],
    ['whether the node starts', {}, { start: true }, 'start', /createNode/]
  ] as const) {
    it(`refuse ${what}`, () => {
      assert.throws(() => merge(ours as Libp2pOptions, theirs), {
        name: 'Libp2pOptionsError',
        option,
        message
      })
    })
  }

  it('add to the groups of which the node sets a part', () => {
    const dns = { query: () => {} }
    const merged = merge(
      {
        connectionManager: { maxConnections: 3 },
        nodeInfo: { name: 'n', version: '1' },
        services: { identify: () => 1 }
      },
      {
        connectionManager: { maxDialQueueLength: 7 },
        connectionMonitor: { enabled: false },
        nodeInfo: { userAgent: 'u' },
        peerStore: { maxPeerAge: 5 },
        transportManager: { faultTolerance: 1 },
        services: { dht: () => 2 },
        dns
      }
    )

    assert.partialDeepStrictEqual(merged, {
      connectionManager: { maxConnections: 3, maxDialQueueLength: 7 },
      connectionMonitor: { enabled: false },
      nodeInfo: { name: 'n', version: '1', userAgent: 'u' },
      peerStore: { maxPeerAge: 5 },
      transportManager: { faultTolerance: 1 }
    })
    assert.deepEqual(Object.keys(merged.services ?? {}), ['identify', 'dht'])
    assert.equal(merged.dns, dns)
  })

  it('keep what libp2p knows of addresses and the node does not set', () => {
    const theirs = { addresses: { maxObservedAddresses: 3, addressVerificationTTL: 1_000 } }

    assert.partialDeepStrictEqual(merge({ addresses: { listen: [] } }, theirs).addresses, theirs.addresses)
  })

  it('filter announced addresses before the node does', () => {
    const asked: string[] = []
    const filter = (name: string, drop: string) => (addrs: ReturnType<typeof multiaddr>[]) => {
      asked.push(name)

      return addrs.filter((addr) => addr.toString() !== drop)
    }
    const merged = merge(
      { addresses: { announceFilter: filter('node', '/ip4/192.0.2.1/tcp/1') } },
      { addresses: { announceFilter: filter('user', '/ip4/192.0.2.2/tcp/1') } }
    )
    const addrs = [1, 2, 3].map((host) => multiaddr(`/ip4/192.0.2.${host}/tcp/1`))

    assert.deepEqual(merged.addresses?.announceFilter?.(addrs).map(String), ['/ip4/192.0.2.3/tcp/1'])
    assert.deepEqual(asked, ['user', 'node'])
  })
})
