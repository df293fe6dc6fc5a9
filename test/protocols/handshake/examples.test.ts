import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { decodeFrame, encodeFrame } from '../../../protocols/handshake/codec.ts'
import { examplesOf, spaced } from '../../support/examples.ts'
import { frame } from '../message/support/envelopes.ts'
import type { HandshakeFrame } from '../../../protocols/handshake/types.ts'

const node = {
  federation: 'lab',
  proxy: false,
  roles: ['trainer'],
  round: null,
  listenAddrs: [multiaddr('/ip4/192.0.2.1/tcp/4001')],
  agent: 'ex/1'
}

const FRAMES: Record<string, HandshakeFrame> = {
  Hello: { type: 'hello', attempt: 1_700_000_000_000_000n, direct: true, priority: 'medium', node },
  'Hello, round 0, time 300, proxy': {
    type: 'hello',
    attempt: 1n,
    direct: false,
    priority: 'low',
    node: { ...node, proxy: true, round: 0, time: 300 }
  },
  'Welcome NEW': { type: 'welcome', status: 'NEW', reason: 'UNSPECIFIED', attempt: 0n, direct: true, node },
  'Welcome EXISTS': { type: 'welcome', status: 'EXISTS', reason: 'UNSPECIFIED', attempt: 300n, direct: true },
  'Welcome CLOSE, FEDERATION_MISMATCH': {
    type: 'welcome',
    status: 'CLOSE',
    reason: 'FEDERATION_MISMATCH',
    attempt: 300n,
    direct: true
  },
  Change: { type: 'change', id: 1, direct: true },
  'Changed, accepted': { type: 'changed', id: 1, accepted: true, reason: 'UNSPECIFIED' },
  'Changed, LEARNING_FINISHED': { type: 'changed', id: 1, accepted: false, reason: 'LEARNING_FINISHED' },
  'Goodbye INACTIVE': { type: 'goodbye', reason: 'INACTIVE' }
}

describe('the examples of /nebula/handshake/1.0.0', () => {
  const examples = examplesOf('handshake')

  it('are these', () => {
    assert.deepEqual([...examples.keys()], Object.keys(FRAMES))
  })

  for (const [name, value] of Object.entries(FRAMES)) {
    it(`are the bytes of ${name}`, () => {
      const bytes = encodeFrame(value)

      assert.equal(examples.get(name), spaced(frame(bytes)))
      assert.equal(spaced(encodeFrame(decodeFrame(bytes))), spaced(bytes))
    })
  }
})
