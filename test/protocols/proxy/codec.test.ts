import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { peerIdFromString } from '@libp2p/peer-id'
import * as fc from 'fast-check'
import { encodeEnvelope } from '../../../protocols/message/index.ts'
import { nebula_proxy as pb } from '../../../proto/proxy.js'
import { uniformLength } from '../../support/uniform-length.ts'
import { frame } from '../message/support/envelopes.ts'
import {
  answerOf,
  decodeAnswer,
  decodeDelivery,
  encodeAnswer,
  encodeDelivery
} from '../../../protocols/proxy/codec.ts'
import { MAX_ANSWER_BYTES, MAX_TARGET_LENGTH } from '../../../protocols/proxy/limits.ts'
import type { ProxyStatus } from '../../../protocols/proxy/index.ts'

const TARGET = '12D3KooWDpp7U7W9Q8feMZPPEpPP5FKXTUakLgnVLbavfjb9mzrT'
const target = peerIdFromString(TARGET)
const empty = new Uint8Array(0)
const FAILURES: Array<Exclude<ProxyStatus, 'DELIVERED'>> = [
  'NOT_LINKED',
  'BUSY',
  'REFUSED',
  'TIMEOUT',
  'TOO_LARGE',
  'NOT_A_PROXY',
  'LOOP',
  'HOPS',
  'LOST'
]

const bytes = (maxLength: number, minLength = 0): fc.Arbitrary<Uint8Array<ArrayBuffer>> =>
  fc.uint8Array({ minLength, maxLength }).map((array) => new Uint8Array(array))

const envelopes = fc.record(
  {
    wrapper: bytes(200, 1),
    seqno: uniformLength(64),
    signature: bytes(64),
    hops: fc.integer({ min: 0, max: 2 ** 32 - 1 })
  },
  { noNullPrototype: true }
)

function hex(...parts: Array<string | Uint8Array>): Buffer {
  return Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part.replaceAll(' ', ''), 'hex') : part))
  )
}

describe('frames of /nebula/proxy/1.0.0', () => {
  it('are those of the specification', () => {
    const envelope = { wrapper: new Uint8Array([1]), seqno: 0n, signature: empty, hops: 0 }
    const delivery = hex('0a34', Buffer.from(TARGET), '12 03 0a 01 01 18 ac 02')

    assert.deepEqual(hex(encodeDelivery({ target, envelope, timeout: 300 })), delivery)
    assert.deepEqual(hex(frame(encodeAnswer(answerOf('BUSY')))), hex('02 08 03'))
  })

  it('give back every delivery', () => {
    fc.assert(
      fc.property(envelopes, fc.integer({ min: 0, max: 2 ** 32 - 1 }), (envelope, timeout) => {
        const decoded = decodeDelivery(encodeDelivery({ target, envelope, timeout }))

        assert.ok(decoded.target.equals(target))
        assert.deepEqual(
          { ...decoded, target },
          { target, envelope, envelopeBytes: encodeEnvelope(envelope).byteLength, timeout }
        )
      })
    )
  })

  it('give back every answer', () => {
    fc.assert(
      fc.property(bytes(600, 1), (acknowledgement) => {
        const answer = { status: 'DELIVERED' as const, acknowledgement }

        assert.deepEqual(decodeAnswer(encodeAnswer(answer)), answer)
      })
    )

    for (const status of FAILURES) {
      assert.deepEqual(decodeAnswer(encodeAnswer(answerOf(status))), answerOf(status))
    }
  })

  it('take an answer of so many bytes', () => {
    const acknowledgement = new Uint8Array(MAX_ANSWER_BYTES - 5).fill(1)
    const largest = encodeAnswer({ status: 'DELIVERED', acknowledgement })

    assert.equal(largest.byteLength, MAX_ANSWER_BYTES)
    assert.equal(decodeAnswer(largest).status, 'DELIVERED')
    assert.throws(
      () =>
        decodeAnswer(
          encodeAnswer({ status: 'DELIVERED', acknowledgement: new Uint8Array(MAX_ANSWER_BYTES - 4) })
        ),
      { name: 'ProxyProtocolError', message: 'Answer has 1025 bytes' }
    )
  })

  it('throw nothing but their own errors for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (array) => {
        for (const decode of [decodeDelivery, decodeAnswer]) {
          try {
            decode(array)
          } catch (err) {
            assert.match((err as Error).name, /^(ProxyProtocolError|InvalidEnvelopeError)$/)
          }
        }
      })
    )
  })

  const envelope = new Uint8Array([0x0a, 0x01, 0x01])
  const deliveries: Array<[string, Partial<pb.Delivery>, string]> = [
    ['no target', { envelope }, 'ProxyProtocolError'],
    ['a target that is no PeerId', { target: 'bob', envelope }, 'ProxyProtocolError'],
    ['a target in another form', { target: target.toCID().toString(), envelope }, 'ProxyProtocolError'],
    [
      'a target that is too long',
      { target: '1'.repeat(MAX_TARGET_LENGTH + 1), envelope },
      'ProxyProtocolError'
    ],
    ['no envelope', { target: TARGET }, 'InvalidEnvelopeError'],
    ['an envelope that is none', { target: TARGET, envelope: new Uint8Array([0x0f]) }, 'InvalidEnvelopeError']
  ]

  for (const [what, delivery, name] of deliveries) {
    it(`refuse a delivery with ${what}`, () => {
      assert.throws(() => decodeDelivery(pb.Delivery.encode(delivery)), { name })
    })
  }

  const answers: Array<[string, Uint8Array]> = [
    ['no status', empty],
    ['an unknown status', hex('08 63')],
    ['a delivery that nobody acknowledges', pb.Answer.encode({ status: pb.Status.DELIVERED })],
    [
      'an acknowledgement of a failure',
      pb.Answer.encode({ status: pb.Status.BUSY, acknowledgement: new Uint8Array(64) })
    ]
  ]

  for (const [what, answer] of answers) {
    it(`refuse an answer with ${what}`, () => {
      assert.throws(() => decodeAnswer(answer), { name: 'ProxyProtocolError' })
    })
  }
})
