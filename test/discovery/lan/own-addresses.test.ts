import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import {
  arrivedOn,
  interfaceFilter,
  lanInterfaces,
  ownAddresses
} from '../../../src/discovery/lan/interfaces.ts'
import { addrsOn, announceable } from '../../../src/discovery/lan/own-addresses.ts'
import { networkInterface } from '../fake-lan.ts'
import type { NetworkInterfaces } from '../../../src/discovery/lan/types.ts'

const NETWORK: NetworkInterfaces = {
  lo: [networkInterface('127.0.0.1/8', { internal: true }), networkInterface('::1/128', { internal: true })],
  eth0: [
    networkInterface('10.0.0.1/24'),
    networkInterface('fd00::1/64'),
    networkInterface('fe80::1/64', { scopeid: 2 })
  ],
  docker0: [networkInterface('172.17.0.1/16')],
  wg0: [networkInterface('100.64.0.7/32')],
  empty: undefined
}
const ALL = lanInterfaces(NETWORK, interfaceFilter({ include: [], exclude: [] }))

function on(key: string, addrs: string[], linkLocalPorts: number[] = []): string[] {
  const lanInterface = ALL.find((one) => one.key === key)
  assert.ok(lanInterface != null, key)

  return addrsOn(
    lanInterface,
    addrs.map((addr) => multiaddr(addr)),
    ownAddresses(NETWORK),
    (address) => (address === 'fe80::1' ? linkLocalPorts : [])
  ).map(String)
}

describe('the interfaces', () => {
  it('are used in each family in which they have an address, loopback in IPv4', () => {
    assert.deepEqual(
      ALL.map(({ key, address, scope }) => [key, address, scope]),
      [
        ['lo ipv4', '127.0.0.1', '127.0.0.1'],
        ['eth0 ipv4', '10.0.0.1', '10.0.0.1'],
        ['eth0 ipv6', 'fe80::1%eth0', '::%eth0'],
        ['docker0 ipv4', '172.17.0.1', '172.17.0.1'],
        ['wg0 ipv4', '100.64.0.7', '100.64.0.7']
      ]
    )
  })

  it('are told by the zone of a sender, or by its network', () => {
    for (const [address, zone, keys] of [
      ['10.0.0.99', undefined, ['eth0 ipv4']],
      ['fd00::99', undefined, ['eth0 ipv6']],
      ['fe80::99', 'eth0', ['eth0 ipv6']],
      ['fe80::99', 'eth1', []],
      ['172.17.9.9', undefined, ['docker0 ipv4']],
      ['8.8.8.8', undefined, []]
    ] as const) {
      assert.deepEqual(
        arrivedOn(ALL, { address, zone, port: 5_353 }).map(({ key }) => key),
        keys
      )
    }
  })
})

describe('the addresses announced on an interface', () => {
  const LISTENING = [
    '/ip4/127.0.0.1/tcp/1',
    '/ip4/172.17.0.1/tcp/1',
    '/ip4/10.0.0.1/tcp/1',
    '/ip6/fd00::1/tcp/2',
    '/ip4/192.168.50.1/tcp/9'
  ]

  it('are its own, then those that the user gave, in both families', () => {
    const expected = ['/ip4/10.0.0.1/tcp/1', '/ip6/fd00::1/tcp/2', '/ip4/192.168.50.1/tcp/9']
    assert.deepEqual(on('eth0 ipv4', LISTENING), expected)
    assert.deepEqual(on('eth0 ipv6', LISTENING), expected)
    assert.deepEqual(on('docker0 ipv4', LISTENING), ['/ip4/172.17.0.1/tcp/1', '/ip4/192.168.50.1/tcp/9'])
  })

  it('are those of other interfaces where it has none, and never those of loopback', () => {
    assert.deepEqual(on('wg0 ipv4', ['/ip4/127.0.0.1/tcp/1', '/ip4/10.0.0.1/tcp/1']), ['/ip4/10.0.0.1/tcp/1'])
    assert.deepEqual(on('eth0 ipv4', ['/ip4/127.0.0.1/tcp/1', '/ip6/::1/tcp/1']), [])
  })

  it('are its link-local IPv6 address, without the zone, in IPv6, where it has none of its own', () => {
    const foreign = ['/ip4/172.17.0.1/tcp/1']
    assert.deepEqual(on('eth0 ipv6', foreign, [4, 5]), [
      '/ip6/fe80::1/tcp/4',
      '/ip6/fe80::1/tcp/5',
      ...foreign
    ])
    assert.deepEqual(on('eth0 ipv6', LISTENING, [4]), on('eth0 ipv6', LISTENING))
    assert.deepEqual(on('eth0 ipv4', foreign, [4]), foreign)
    assert.deepEqual(on('lo ipv4', [], [4]), [])
  })

  it('are those of loopback on loopback, or all where there are none', () => {
    assert.deepEqual(on('lo ipv4', LISTENING), ['/ip4/127.0.0.1/tcp/1'])
    assert.deepEqual(on('lo ipv4', ['/ip4/10.0.0.1/tcp/1']), ['/ip4/10.0.0.1/tcp/1'])
  })

  it('are private ones, unless the user says otherwise', () => {
    const addrs = ['/ip4/8.8.8.8/tcp/1', '/ip4/10.0.0.1/tcp/1', '/dns4/a.example/tcp/1'].map((addr) =>
      multiaddr(addr)
    )
    assert.deepEqual(announceable(addrs, 'private').map(String), ['/ip4/10.0.0.1/tcp/1'])
    assert.deepEqual(announceable(addrs, 'all').map(String), ['/ip4/8.8.8.8/tcp/1', '/ip4/10.0.0.1/tcp/1'])
  })
})
