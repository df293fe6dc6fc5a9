import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { hostOrNetworkOf } from '../../../src/lib/net/index.ts'

describe('the host or network of an address', () => {
  it('is the network in IPv6, but for link-local addresses, which share one', () => {
    for (const [addr, expected] of [
      ['/ip4/10.0.0.1/tcp/1', '10.0.0.1'],
      ['/ip6/2001:db8::1/tcp/1', '2001:db8::'],
      ['/ip6/fe80::1/tcp/1', 'fe80::1'],
      ['/ip6zone/eth0/ip6/fe80::2/tcp/1', 'fe80::2']
    ] as const) {
      assert.equal(hostOrNetworkOf(multiaddr(addr)), expected)
    }
  })
})
