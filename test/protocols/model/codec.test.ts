import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { nebula_model as pb } from '../../../proto/model.js'
import { decodeFrame, encodeFrame } from '../../../protocols/model/codec.ts'
import { MAX_CONTROL_FRAME_BYTES, MAX_HEADER_BYTES, MAX_RANGES } from '../../../protocols/model/limits.ts'
import { countOf, fromRanges, toRanges } from '../../../protocols/model/ranges.ts'
import type { ModelFrame, Reason, Status } from '../../../protocols/model/types.ts'

/** The names of a generated enum, which has its codec beside them. */
function namesOf<T extends string>(values: object): T[] {
  return Object.values(values).filter((value): value is T => typeof value === 'string')
}

const uint32 = fc.integer({ min: 0, max: 0xffffffff })
const bytes = fc.uint8Array({ maxLength: 300 }).map((value) => Uint8Array.from(value))
const ranges = fc.array(fc.record({ start: uint32, count: uint32 }, { noNullPrototype: true }), {
  maxLength: MAX_RANGES
})
const id = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((value) => Buffer.from(value).toString('hex'))
const reason = fc.constantFrom(...namesOf<Reason>(pb.Reason))
const status = fc.constantFrom(...namesOf<Status>(pb.Status))
const complete = fc.boolean()

const frame: fc.Arbitrary<ModelFrame> = fc.oneof(
  fc.record({ type: fc.constant('offer' as const), header: bytes, signature: bytes, complete }),
  fc.record({ type: fc.constant('want' as const), id, header: fc.boolean(), ranges }),
  fc.record({ type: fc.constant('answer' as const), status, reason, complete, ranges }),
  fc.record({ type: fc.constant('request' as const), ranges }),
  fc.record({ type: fc.constant('chunk' as const), index: uint32 }),
  fc.constant({ type: 'complete' as const }),
  fc.record({ type: fc.constant('cancel' as const), reason })
)

const invalid = { name: 'ModelProtocolError' }

describe('frames of a transfer', () => {
  it('come out as they went in, and all but offers are small', () => {
    fc.assert(
      fc.property(frame, (value) => {
        const encoded = encodeFrame(value)

        assert.deepEqual({ ...decodeFrame(encoded) }, { ...value })
        assert.ok(value.type === 'offer' || encoded.byteLength <= MAX_CONTROL_FRAME_BYTES)
      })
    )
  })

  it('of any bytes are read or refused with the one error', () => {
    const mutated = fc.tuple(frame, uint32, fc.integer({ min: 1, max: 255 })).map(([value, at, mask]) => {
      const encoded = Uint8Array.from(encodeFrame(value))
      encoded[at % encoded.byteLength]! ^= mask

      return encoded
    })

    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 2_000 }), mutated), (encoded) => {
        try {
          decodeFrame(encoded)
        } catch (err) {
          assert.equal((err as Error).name, 'ModelProtocolError')
        }
      }),
      { numRuns: 2_000 }
    )
  })

  it('with nothing in them are refused', () => {
    assert.throws(() => decodeFrame(new Uint8Array(0)), invalid)
  })

  it('are refused with more ranges than allowed', () => {
    const many = (length: number): Uint8Array =>
      pb.ModelFrame.encode({ request: { ranges: Array.from({ length }, () => ({ start: 1, count: 1 })) } })

    decodeFrame(many(MAX_RANGES))
    assert.throws(() => decodeFrame(many(MAX_RANGES + 1)), invalid)
  })

  it('are refused when they are longer than their kind may be', () => {
    const header = (byteLength: number): Uint8Array =>
      encodeFrame({
        type: 'offer',
        header: new Uint8Array(byteLength),
        signature: new Uint8Array(64),
        complete: true
      })
    const padded = (byteLength: number): Uint8Array => {
      const encoded = encodeFrame({ type: 'chunk', index: 5 })
      // an unknown field, as a later version may add one
      const padding = byteLength - encoded.byteLength - 3

      return Buffer.concat([
        encoded,
        Buffer.of(0x7a, (padding & 0x7f) | 0x80, padding >> 7),
        Buffer.alloc(padding)
      ])
    }

    decodeFrame(header(MAX_HEADER_BYTES))
    assert.throws(() => decodeFrame(header(MAX_HEADER_BYTES + 300)), invalid)
    assert.equal(decodeFrame(padded(MAX_CONTROL_FRAME_BYTES)).type, 'chunk')
    assert.throws(() => decodeFrame(padded(MAX_CONTROL_FRAME_BYTES + 1)), invalid)
  })

  it('are refused with a content id of another length', () => {
    for (const length of [0, 31, 33]) {
      const encoded = pb.ModelFrame.encode({ want: { id: new Uint8Array(length), header: true, ranges: [] } })

      assert.throws(() => decodeFrame(encoded), invalid)
    }
  })
})

describe('ranges', () => {
  const sets = fc
    .uniqueArray(fc.integer({ min: 0, max: 400 }), { maxLength: 300 })
    .map((indices) => indices.sort((a, b) => a - b))

  it('name the same chunks as the indices they were made of', () => {
    fc.assert(
      fc.property(sets, (indices) => {
        const made = toRanges(indices, Infinity)

        assert.deepEqual([...fromRanges(made, 401)], indices)
        assert.equal(countOf(made), indices.length)
      })
    )
  })

  it('are as few as there are gaps, and at most as many as a frame has room for', () => {
    fc.assert(
      fc.property(sets, (indices) => {
        const gaps = indices.filter((index, at) => index !== (indices[at - 1] ?? -2) + 1).length
        const made = toRanges(indices)

        assert.equal(made.length, Math.min(gaps, MAX_RANGES))
        assert.deepEqual([...fromRanges(made, 401)], indices.slice(0, countOf(made)))
      })
    )
  })

  it('are refused when empty or beyond the last chunk', () => {
    assert.deepEqual([...fromRanges([{ start: 3, count: 2 }], 5)], [3, 4])
    assert.throws(() => [...fromRanges([{ start: 3, count: 3 }], 5)], invalid)
    assert.throws(() => [...fromRanges([{ start: 5, count: 1 }], 5)], invalid)
    assert.throws(() => [...fromRanges([{ start: 0, count: 0 }], 5)], invalid)
    assert.throws(() => [...fromRanges([{ start: 0, count: 0xffffffff }], 5)], invalid)
  })
})
