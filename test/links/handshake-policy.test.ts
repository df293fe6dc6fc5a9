import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { closeReason, goodbyeFor } from '../../src/links/close-reasons.ts'
import { describeReason, refuseHello, refuseLink } from '../../src/links/handshake-policy.ts'
import type { AdmissionState } from '../../src/links/handshake-policy.ts'
import type { CloseCause, NodeInfo, Reason } from '../../protocols/handshake/index.ts'
import type { LinkCloseReason } from '../../src/interface.ts'

const open: AdmissionState = {
  federation: 'lab',
  self: false,
  holdsKey: true,
  blacklisted: false,
  recentlyDisconnected: false,
  learningFinished: false,
  stopping: false,
  others: 4,
  maxLinks: 5
}

function helloOf(federation: string): { node: NodeInfo } {
  return { node: { federation, proxy: false, roles: [], round: null, listenAddrs: [], agent: '' } }
}

const cases: Array<{ id: string; state: Partial<AdmissionState>; reason: Reason | undefined }> = [
  { id: 'nothing against it', state: {}, reason: undefined },
  { id: 'the node itself', state: { self: true }, reason: 'SELF' },
  { id: 'a peer whose key is not known to others', state: { holdsKey: false }, reason: 'KEY_NOT_IN_PEER_ID' },
  { id: 'a blacklisted peer', state: { blacklisted: true }, reason: 'BLACKLISTED' },
  { id: 'a node that stops', state: { stopping: true }, reason: 'SHUTTING_DOWN' },
  { id: 'learning that has finished', state: { learningFinished: true }, reason: 'LEARNING_FINISHED' },
  {
    id: 'a peer just disconnected',
    state: { recentlyDisconnected: true },
    reason: 'RECENTLY_DISCONNECTED'
  },
  { id: 'the last free place', state: { others: 4 }, reason: undefined },
  { id: 'no free place', state: { others: 5 }, reason: 'MAX_LINKS' },
  { id: 'fewer places than links', state: { others: 6 }, reason: 'MAX_LINKS' },
  {
    id: 'a blacklisted peer, whatever else there is',
    state: { blacklisted: true, stopping: true, learningFinished: true, others: 5 },
    reason: 'BLACKLISTED'
  },
  {
    id: 'a node that stops, before what a peer might wait for',
    state: { stopping: true, recentlyDisconnected: true, others: 5 },
    reason: 'SHUTTING_DOWN'
  }
]

describe('who may have a link', () => {
  for (const { id, state, reason } of cases) {
    it(`is ${reason ?? 'admitted'} with ${id}`, () => {
      assert.equal(refuseLink({ ...open, ...state }), reason)
      assert.equal(refuseHello(helloOf('lab'), { ...open, ...state }), reason)
    })
  }

  it('refuses another federation before all else, and tells case apart', () => {
    for (const federation of ['other', 'LAB', 'lab2', '']) {
      assert.equal(
        refuseHello(helloOf(federation), { ...open, blacklisted: true, self: true }),
        'FEDERATION_MISMATCH'
      )
    }
  })

  it('has words for every reason', () => {
    assert.match(describeReason('MAX_LINKS'), /as many links as allowed/)
    assert.match(describeReason('UNSPECIFIED'), /no reason/)
  })
})

describe('why a link was closed', () => {
  const goodbyes: Array<[LinkCloseReason, Reason]> = [
    ['requested', 'REQUESTED'],
    ['inactive', 'INACTIVE'],
    ['blacklisted', 'BLACKLISTED'],
    ['shutting-down', 'SHUTTING_DOWN'],
    ['protocol-error', 'PROTOCOL_ERROR'],
    ['send-failed', 'REQUESTED']
  ]

  for (const [reason, said] of goodbyes) {
    it(`is told to the peer as ${said} when it is "${reason}"`, () => {
      assert.equal(goodbyeFor(reason), said)
    })
  }

  const causes: Array<[CloseCause, Reason, LinkCloseReason]> = [
    ['goodbye', 'REQUESTED', 'remote'],
    ['goodbye', 'SHUTTING_DOWN', 'remote'],
    ['goodbye', 'BLACKLISTED', 'remote'],
    ['goodbye', 'INACTIVE', 'inactive'],
    ['ended', 'UNSPECIFIED', 'connection-lost'],
    ['replaced', 'UNSPECIFIED', 'replaced'],
    ['violation', 'UNSPECIFIED', 'protocol-error'],
    ['left', 'REQUESTED', 'requested']
  ]

  for (const [cause, said, reason] of causes) {
    it(`is "${reason}" after ${cause} ${said}`, () => {
      assert.equal(closeReason(cause, said), reason)
    })
  }
})
