import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import * as fc from 'fast-check'
import { blockListOf, listed, looksLikeSubnet, parseSubnet } from '../../../src/lib/net/index.ts'

describe('a subnet', () => {
  const canonical: Array<[string, string]> = [
    ['203.0.113.7', '203.0.113.7'],
    ['203.0.113.7/32', '203.0.113.7'],
    ['203.0.113.7/24', '203.0.113.0/24'],
    ['203.0.113.255/25', '203.0.113.128/25'],
    ['255.255.255.255/0', '0.0.0.0/0'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['2001:db8::1/128', '2001:db8::1'],
    ['2001:db8:ffff::1/33', '2001:db8:8000::/33'],
    ['fe80::1/10', 'fe80::/10']
  ]

  for (const [text, expected] of canonical) {
    it(`${text} is ${expected}`, () => {
      assert.equal(parseSubnet(text).text, expected)
      assert.equal(parseSubnet(expected).text, expected)
      assert.equal(looksLikeSubnet(text), true)
    })
  }

  for (const text of [
    '',
    '/',
    'localhost',
    '203.0.113',
    '203.0.113.256',
    '203.0.113.7/33',
    '203.0.113.7/-1',
    '203.0.113.7/',
    '203.0.113.7/8/8',
    '203.0.113.7/8.5',
    '2001:db8::/129',
    'fe80::1%eth0',
    '/ip4/203.0.113.7'
  ]) {
    it(`is not ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseSubnet(text), { name: 'InvalidParametersError' })
    })
  }

  it('holds the addresses that begin like it, and no others', () => {
    const bits = (address: string): string =>
      address
        .split('.')
        .map((part) => Number(part).toString(2).padStart(8, '0'))
        .join('')

    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), fc.nat({ max: 32 }), (a, b, prefix) => {
        const list = blockListOf([parseSubnet(`${a}/${prefix}`)])

        assert.equal(
          listed(list, multiaddr(`/ip4/${b}/tcp/1`)),
          bits(a).slice(0, prefix) === bits(b).slice(0, prefix)
        )
        assert.equal(listed(list, multiaddr(`/ip4/${a}/tcp/1/ws`)), true)
      })
    )
  })

  it('holds an IPv4 address in its IPv6 form', () => {
    const list = blockListOf([parseSubnet('203.0.113.0/24')])

    assert.equal(listed(list, multiaddr('/ip6/::ffff:203.0.113.9/tcp/1')), true)
    assert.equal(listed(list, multiaddr('/ip6/::ffff:203.0.114.9/tcp/1')), false)
  })

  it('holds no name', () => {
    const list = blockListOf([parseSubnet('0.0.0.0/0'), parseSubnet('::/0')])

    assert.equal(listed(list, multiaddr('/dns4/node.example.org/tcp/1')), false)
    assert.equal(listed(list, multiaddr('/p2p-circuit')), false)
  })
})
