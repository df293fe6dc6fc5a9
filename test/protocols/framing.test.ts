import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { encode } from 'uint8-varint'
import { Uint8ArrayList } from 'uint8arraylist'
import { encodeFrames, FrameDecoder } from '../../protocols/framing.ts'

const MAX = 6_000

function takeAll(decoder: FrameDecoder): Uint8Array[] {
  const frames: Uint8Array[] = []

  for (let frame = decoder.take(); frame != null; frame = decoder.take()) {
    frames.push(frame.slice())
  }

  return frames
}

/** Cuts bytes at the given offsets, in any order, repeats included. */
function split(bytes: Uint8Array, cuts: number[]): Uint8Array[] {
  const ends = [...cuts.map((cut) => cut % (bytes.byteLength + 1)), bytes.byteLength].sort((a, b) => a - b)

  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
}

const frameArb = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc
    .tuple(fc.nat(MAX), fc.nat(255))
    .map(([length, seed]) => Uint8Array.from({ length }, (_, i) => i * 7 + seed))
)

describe('framing', () => {
  it('gives back any frames however the bytes are split', () => {
    fc.assert(
      fc.property(
        fc.array(frameArb, { maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 40 }),
        fc.boolean(),
        fc.boolean(),
        (frames, cuts, asLists, greedy) => {
          const decoder = new FrameDecoder(MAX)
          const received: Uint8Array[] = []

          for (const chunk of split(encodeFrames(frames, MAX).slice(), cuts)) {
            const middle = chunk.byteLength >> 1
            const list = new Uint8ArrayList(chunk.subarray(0, middle), chunk.subarray(middle))
            decoder.push(asLists ? list : chunk)

            if (greedy) {
              received.push(...takeAll(decoder))
            }
          }

          received.push(...takeAll(decoder))
          assert.deepEqual(
            received,
            frames.map((frame) => Uint8Array.from(frame))
          )
          assert.equal(decoder.withinFrame, false)
          assert.equal(decoder.byteLength, 0)
          assert.equal(decoder.begun, frames.length)
        }
      )
    )
  })

  it('knows at every byte how many frames are whole and whether one has begun', () => {
    fc.assert(
      fc.property(fc.array(frameArb, { minLength: 1, maxLength: 4 }), (frames) => {
        const decoder = new FrameDecoder(MAX)
        const ends: number[] = []
        let end = 0

        for (const frame of frames) {
          end += encode(frame.byteLength).byteLength + frame.byteLength
          ends.push(end)
        }

        encodeFrames(frames, MAX)
          .slice()
          .forEach((byte, index) => {
            decoder.push(Uint8Array.of(byte))
            assert.equal(decoder.wholeFrames, ends.filter((at) => at <= index + 1).length)
            assert.equal(decoder.withinFrame, !ends.includes(index + 1))
            assert.equal(decoder.byteLength, index + 1)
          })
      }),
      { numRuns: 30 }
    )
  })

  it('either refuses arbitrary bytes or gives frames that encode to them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400, size: 'max' }), (bytes) => {
        const decoder = new FrameDecoder(MAX)

        try {
          decoder.push(bytes)
        } catch (err) {
          assert.match((err as Error).name, /^(InvalidFrameError|FrameTooLargeError)$/)

          return
        }

        const encoded = encodeFrames(takeAll(decoder), MAX).slice()
        assert.deepEqual(encoded, Uint8Array.from(bytes.subarray(0, encoded.byteLength)))
        assert.equal(decoder.withinFrame, encoded.byteLength < bytes.byteLength)
      })
    )
  })

  for (const max of [0, 1, 127, 128, 16_383, 16_384, 1_048_576]) {
    it(`takes a frame of ${max} bytes at that limit, and none above`, () => {
      const decoder = new FrameDecoder(max)
      decoder.push(encodeFrames([new Uint8Array(max)], max))
      assert.equal(decoder.take()?.byteLength, max)

      assert.throws(() => encodeFrames([new Uint8Array(max + 1)], max), {
        name: 'FrameTooLargeError',
        direction: 'outbound'
      })
      assert.throws(() => decoder.push(encode(max + 1)), { name: /^(FrameTooLargeError|InvalidFrameError)$/ })
    })
  }

  it('names a length over the limit', () => {
    assert.throws(() => new FrameDecoder(MAX).push(encode(MAX + 1)), {
      name: 'FrameTooLargeError',
      direction: 'inbound'
    })
  })

  const malformed: Array<[string, number[]]> = [
    ['a zero in two bytes', [0x80, 0x00]],
    ['a one in two bytes', [0x81, 0x00]],
    ['more bytes than the limit needs', [0x81, 0x80]],
    ['a prefix that never ends', Array.from({ length: 20 }, () => 0xff)]
  ]

  for (const [id, bytes] of malformed) {
    it(`refuses ${id}, whole or byte by byte`, () => {
      assert.throws(() => new FrameDecoder(MAX).push(Uint8Array.from(bytes)), { name: 'InvalidFrameError' })

      const decoder = new FrameDecoder(MAX)
      assert.throws(() => bytes.forEach((byte) => decoder.push(Uint8Array.of(byte))), {
        name: 'InvalidFrameError'
      })
    })
  }

  it('does not copy a payload of any size that matters', () => {
    const payload = new Uint8Array(4_096)
    const decoder = new FrameDecoder(MAX)
    decoder.push(encodeFrames([payload], MAX))
    payload[0] = 9

    assert.equal(decoder.take()?.get(0), 9)
  })

  it('takes a mebibyte that arrives in single bytes in little time', () => {
    const decoder = new FrameDecoder(0)
    const bytes = 1_048_576
    const before = process.cpuUsage()

    for (let i = 0; i < bytes; i++) {
      decoder.push(new Uint8Array(1))
    }

    assert.equal(takeAll(decoder).length, bytes)
    // looking at all that waits for each byte would take minutes, on however busy a machine
    assert.ok(process.cpuUsage(before).user < 10_000_000)
  })
})
