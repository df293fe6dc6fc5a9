import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { encodeFrame } from '../../../../protocols/handshake/codec.ts'
import { frame } from './bytes.ts'
import { statusOf } from './welcome.ts'
import type { Welcome } from '../../../../protocols/handshake/index.ts'

function welcome(
  status: Welcome['status'],
  addresses: number,
  reason: Welcome['reason'] = 'UNSPECIFIED'
): Uint8Array {
  const node = {
    federation: 'lab',
    proxy: false,
    roles: [],
    round: 0,
    agent: 'nebula-overlay/0.1.0',
    listenAddrs: Array.from({ length: addresses }, (_, i) => multiaddr(`/ip4/127.0.0.1/tcp/${4_001 + i}`))
  }

  return frame(
    encodeFrame({
      type: 'welcome',
      status,
      reason,
      attempt: 1n,
      direct: true,
      ...(status === 'NEW' ? { node } : {})
    })
  )
}

describe('what an attacker reads of a Welcome', () => {
  for (const addresses of [0, 1, 2, 16]) {
    it(`is that it has a link, with ${addresses} addresses of the node`, () => {
      assert.equal(statusOf(welcome('NEW', addresses)), 'NEW')
    })
  }

  it('is that it has none when it is refused, or nobody answers', () => {
    assert.equal(statusOf(welcome('CLOSE', 0, 'MAX_LINKS')), 'other')
    assert.equal(statusOf(welcome('EXISTS', 0)), 'other')
    assert.equal(statusOf(new Uint8Array(0)), 'nothing')
  })
})
