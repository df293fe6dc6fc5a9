import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import * as fc from 'fast-check'
import { isDialledByIp } from '../../../src/lib/net/index.ts'
import type { Multiaddr } from '@multiformats/multiaddr'

const PEER = '12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN'
const CERTIFICATE = 'uEiDDq4_xNyDorZBH3TlGazyJdOWSwvo4PUo5YHFMrvDE8g'
const HARMLESS = [
  'tcp/4001',
  'udp/4001',
  'ws',
  'wss',
  'tls',
  'quic-v1',
  'webtransport',
  'webrtc-direct',
  'p2p-circuit',
  `certhash/${CERTIFICATE}`,
  `p2p/${PEER}`
]
const HARMFUL = [
  'dns/localhost',
  'dns4/evil.example',
  'dns6/evil.example',
  'dnsaddr/evil.example',
  'sni/evil.example',
  'http-path/x',
  'http',
  'https',
  'unix/x',
  'ip4/8.8.8.8',
  'ip6/2606:4700::1111',
  'ip6zone/eth0',
  'ipcidr/24',
  'memory/x',
  'webrtc',
  'noise',
  'quic',
  'utp',
  'udt',
  'sctp/1',
  'dccp/1',
  'p2p-stardust'
]

function parse(parts: string[]): Multiaddr | undefined {
  try {
    return multiaddr(`/${parts.join('/')}`)
  } catch {
    return undefined
  }
}

describe('an address that is dialled by its IP address', () => {
  it('has one of the known forms', () => {
    for (const text of [
      'tcp/1',
      'tcp/1/ws',
      'tcp/1/wss',
      'tcp/1/tls/ws',
      'udp/1/quic-v1',
      'udp/1/quic-v1/webtransport',
      'udp/1/webrtc-direct',
      `tcp/1/p2p/${PEER}`,
      `tcp/1/p2p/${PEER}/p2p-circuit/p2p/${PEER}`
    ]) {
      for (const host of ['ip4/10.0.0.1', 'ip6/fd00::1', 'ip6/fe80::1']) {
        assert.equal(isDialledByIp(multiaddr(`/${host}/${text}`)), true, text)
      }
    }
  })

  it('names no other host, wherever in it', () => {
    for (const text of [
      '/ip4/10.0.0.1/tcp/443/tls/sni/evil.example/ws',
      `/ip4/10.0.0.1/tcp/443/tls/sni/evil.example/ws/p2p/${PEER}/p2p-circuit`,
      `/ip4/10.0.0.1/tcp/80/p2p/${PEER}/p2p-circuit/ip4/8.8.8.8/tcp/1`,
      '/ip4/10.0.0.1/tcp/80/http',
      '/ip4/10.0.0.1/ws',
      '/ip4/10.0.0.1',
      '/ip6zone/eth0/ip6/fe80::1/tcp/1',
      '/dns4/localhost/tcp/1',
      `/p2p/${PEER}/p2p-circuit`,
      `/p2p/${PEER}`
    ]) {
      assert.equal(isDialledByIp(multiaddr(text)), false, text)
    }

    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...HARMLESS), { maxLength: 5 }),
        fc.constantFrom(...HARMFUL),
        fc.nat(6),
        (parts, harmful, at) => {
          const all = ['ip4/10.0.0.1', 'tcp/443', ...parts].toSpliced(at, 0, harmful)
          const addr = parse(all)

          fc.pre(addr != null)
          assert.equal(isDialledByIp(addr), false, all.join('/'))
        }
      )
    )
  })
})
