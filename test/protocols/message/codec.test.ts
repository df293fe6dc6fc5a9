import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { uniformLength } from '../../support/uniform-length.ts'
import { decodeAck, decodeEnvelope, encodeAck, encodeEnvelope } from '../../../protocols/message/codec.ts'
import { MAX_ACK_BYTES } from '../../../protocols/message/limits.ts'
import type { Envelope } from '../../../protocols/message/index.ts'

const bytes = (hex: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'))

const byteArray = (minLength: number): fc.Arbitrary<Uint8Array<ArrayBuffer>> =>
  fc.uint8Array({ minLength, maxLength: 300 }).map((array) => new Uint8Array(array))

const envelope: fc.Arbitrary<Envelope> = fc.record({
  wrapper: byteArray(1),
  seqno: uniformLength(64),
  signature: byteArray(0),
  hops: fc.integer({ min: 0, max: 2 ** 32 - 1 })
})

describe('envelope', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(envelope, (written) => {
        assert.deepEqual(plain(decodeEnvelope(encodeEnvelope(written))), plain(written))
      })
    )
  })

  const golden: Array<[string, Envelope, string]> = [
    [
      'with every field',
      { wrapper: bytes('01'), seqno: 300n, signature: bytes('02 03'), hops: 1 },
      '0a 01 01  10 ac 02  1a 02 02 03  20 01'
    ],
    [
      'without fields that have their default',
      { wrapper: bytes('ff'), seqno: 0n, signature: bytes(''), hops: 0 },
      '0a 01 ff'
    ],
    [
      'with the largest numbers',
      { wrapper: bytes('00'), seqno: 2n ** 64n - 1n, signature: bytes(''), hops: 2 ** 32 - 1 },
      '0a 01 00  10 ff ff ff ff ff ff ff ff ff 01  20 ff ff ff ff 0f'
    ]
  ]

  for (const [name, value, hex] of golden) {
    it(`has the bytes of the specification ${name}`, () => {
      assert.deepEqual(encodeEnvelope(value), bytes(hex))
      assert.deepEqual(plain(decodeEnvelope(bytes(hex))), plain(value))
    })
  }

  it('may hold fields that are not known yet', () => {
    assert.equal(decodeEnvelope(bytes('28 07  0a 01 ff  32 02 01 02')).wrapper[0], 0xff)
  })

  for (const [name, hex] of [
    ['nothing', ''],
    ['an empty wrapper', '0a 00'],
    ['all but the wrapper', '10 01 20 01'],
    ['a wrapper that is cut off', '0a 05 01'],
    ['a length that is cut off', '0a'],
    ['a length that does not end', '0a ff ff ff ff ff ff ff ff ff ff ff'],
    ['a wire type that there is not', '0f']
  ] as const) {
    it(`is refused with ${name}`, () => {
      assert.throws(() => decodeEnvelope(bytes(hex)), { name: 'InvalidEnvelopeError' })
    })
  }

  it('is read or refused, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (garbage) => {
        try {
          assert.ok(decodeEnvelope(garbage).wrapper.byteLength > 0)
        } catch (err) {
          assert.equal((err as Error).name, 'InvalidEnvelopeError')
        }
      }),
      { numRuns: 2_000 }
    )
  })

  it('is refused when groups are nested as deep as a frame allows', () => {
    assert.throws(() => decodeEnvelope(new Uint8Array(1_048_576).fill(0x2b)), {
      name: 'InvalidEnvelopeError'
    })
  })
})

/** Without the difference between a view and a whole buffer. */
function plain(value: Envelope): unknown {
  return { ...value, wrapper: [...value.wrapper], signature: [...value.signature] }
}

describe('acknowledgement', () => {
  it('has the bytes of the specification, and is read as it was written', () => {
    assert.deepEqual(encodeAck({ count: 300 }), bytes('08 ac 02'))
    assert.deepEqual(encodeAck({ count: 1, beyond: 300n }), bytes('08 01 10 ac 02'))
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 ** 32 - 1 }),
        fc.option(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { nil: undefined }),
        (count, beyond) => {
          const encoded = encodeAck({ count, beyond })

          assert.equal(decodeAck(encoded).count, count)
          assert.equal(decodeAck(encoded).beyond, beyond)
          assert.ok(encoded.byteLength <= MAX_ACK_BYTES)
        }
      )
    )
  })

  it('may hold fields that are not known yet', () => {
    assert.deepEqual(decodeAck(bytes('08 01  1a 01 02')), { count: 1 })
  })

  for (const [name, hex] of [
    ['nothing', ''],
    ['a count of none', '08 00'],
    ['a count that is cut off', '08'],
    ['a wire type that there is not', '0f']
  ] as const) {
    it(`is refused with ${name}`, () => {
      assert.throws(() => decodeAck(bytes(hex)), { name: 'InvalidAckError' })
    })
  }
})
