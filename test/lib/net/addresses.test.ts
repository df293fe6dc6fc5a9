import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import * as fc from 'fast-check'
import { introducerOf } from '../../../src/lib/fair/index.ts'
import { hostOf, hostOrNetworkOf, ipOf, networkOf, peerOf, subnetOf } from '../../../src/lib/net/index.ts'
import { createPeerId } from '../../support/create-peer-id.ts'

const peer = await createPeerId()

describe('the parts of an address', () => {
  for (const [text, host, network, subnet] of [
    ['/ip4/203.0.113.7/tcp/1', '203.0.113.7', '203.0.113.7', '203.0.113.0/24'],
    ['/ip6/2001:db8:1:2:3::4/tcp/1/ws', '2001:db8:1:2:3::4', '2001:db8:1:2::', '2001:db8:1::/48'],
    ['/dns4/node.example.org/tcp/1', 'node.example.org', 'node.example.org', undefined]
  ] as const) {
    it(`are those of ${text}`, () => {
      const addr = multiaddr(`${text}/p2p/${peer}`)

      assert.deepEqual([hostOf(addr), hostOrNetworkOf(addr), subnetOf(addr)], [host, network, subnet])
      assert.equal(peerOf(addr)?.equals(peer), true)
      assert.equal(peerOf(multiaddr(text)), undefined)
    })
  }

  it('are those of the relay for a peer that is reached by way of it', () => {
    const relayed = multiaddr(`/ip4/203.0.113.7/tcp/1/p2p/${peer}/p2p-circuit`)

    assert.deepEqual(introducerOf({ remotePeer: peer, remoteAddr: relayed }, true), {
      id: peer.toString(),
      host: '203.0.113.7',
      subnet: '203.0.113.0/24',
      chosen: true
    })
  })

  it('are an address itself where it has no host', () => {
    const addr = multiaddr('/p2p-circuit')

    assert.deepEqual([hostOf(addr), ipOf(addr), subnetOf(addr)], ['/p2p-circuit', undefined, undefined])
  })
})

describe('networkOf', () => {
  it('clears all but the first bits, and writes the address as a multiaddr does', () => {
    const bitsOf = (bytes: Uint8Array): string =>
      Array.from(bytes.slice(1), (byte) => byte.toString(2).padStart(8, '0')).join('')

    fc.assert(
      fc.property(
        fc.oneof(
          fc.record({ address: fc.ipV4(), family: fc.constant('ipv4' as const), bits: fc.nat(32) }),
          fc.record({ address: fc.ipV6(), family: fc.constant('ipv6' as const), bits: fc.nat(128) })
        ),
        ({ address, family, bits }) => {
          const name = family === 'ipv4' ? 'ip4' : 'ip6'
          const before = bitsOf(multiaddr(`/${name}/${address}`).bytes)
          const network = networkOf({ address, family }, bits)
          const after = multiaddr(`/${name}/${network}`)

          assert.equal(bitsOf(after.bytes), before.slice(0, bits).padEnd(before.length, '0'))
          assert.equal(after.getComponents()[0]?.value, network)
        }
      )
    )
  })
})
