import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { ipKindOf } from '../../../src/lib/net/index.ts'

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}

describe('the kind of an IP address', () => {
  it('is told of each range', () => {
    for (const [kind, addresses] of Object.entries({
      loopback: [
        '127.0.0.1',
        '127.255.255.255',
        '::1',
        '0:0:0:0:0:0:0:1',
        '::ffff:127.0.0.1',
        '::ffff:7f09:909'
      ],
      'link-local': ['169.254.0.1', '169.254.255.255', 'fe80::1', 'FEBF::1', '::ffff:169.254.1.1'],
      private: [
        '10.0.0.1',
        '10.255.255.255',
        '172.16.0.1',
        '172.31.255.255',
        '192.168.0.1',
        '100.64.0.1',
        '100.127.255.255',
        'fc00::1',
        'fdff::1',
        '::ffff:10.0.0.1',
        '::ffff:c0a8:101'
      ],
      none: [
        '0.0.0.0',
        '0.1.2.3',
        '224.0.0.251',
        '239.1.1.1',
        '240.0.0.1',
        '255.255.255.255',
        '::',
        'ff02::fb',
        '::ffff:0.0.0.0',
        '::ffff:255.255.255.255',
        '',
        'localhost',
        '10.0.0',
        'fe80::1%'
      ],
      other: [
        '8.8.8.8',
        '9.255.255.255',
        '11.0.0.0',
        '172.15.255.255',
        '172.32.0.0',
        '192.169.0.0',
        '192.0.0.1',
        '100.63.255.255',
        '100.128.0.0',
        '192.0.2.1',
        '198.18.0.1',
        '198.51.100.1',
        '203.0.113.1',
        '2606:4700::1111',
        '2001:db8::1',
        '2002:808:404::1',
        '2001:0:808:404::1',
        '64:ff9b::808:404',
        '64:ff9b::10.0.0.1',
        '2002:a00:1::1',
        '::10.0.0.1',
        'fec0::1',
        '::ffff:8.8.8.8',
        '::ffff:0:10.0.0.1'
      ]
    })) {
      for (const address of addresses) {
        assert.equal(ipKindOf(address), kind, address)
      }
    }
  })

  it('of an IPv4 address in IPv6 is that of the IPv4 address, however it is written', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 4 }), (bytes) => {
        const [a = 0, b = 0, c = 0, d = 0] = bytes
        const ip = bytes.join('.')
        const [high, low] = [`${hex(a)}${hex(b)}`, `${hex(c)}${hex(d)}`]

        for (const mapped of [`::ffff:${ip}`, `::FFFF:${high}:${low}`, `0:0:0:0:0:ffff:${high}:${low}`]) {
          assert.equal(ipKindOf(mapped), ipKindOf(ip), mapped)
        }
      })
    )
  })
})
