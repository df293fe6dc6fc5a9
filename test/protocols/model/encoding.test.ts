import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { constants, zstdCompressSync } from 'node:zlib'
import * as fc from 'fast-check'
import { pipe } from 'it-pipe'
import { chunker } from '../../../protocols/model/chunker.ts'
import { decoder, encoder } from '../../../protocols/model/encoding.ts'
import type { ByteSource } from '../../../protocols/model/encoding.ts'
import type { Encoding } from '../../../protocols/model/types.ts'

const ENCODINGS: Encoding[] = ['none', 'zstd', 'zlib', 'brotli']
const invalid = { name: 'InvalidPayloadError' }

async function collect(source: ByteSource): Promise<Buffer> {
  const pieces: Uint8Array[] = []

  for await (const piece of source) {
    pieces.push(piece)
  }

  return Buffer.concat(pieces)
}

function* split(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += size) {
    yield bytes.subarray(at, at + size)
  }
}

for (const encoding of ENCODINGS) {
  describe(`the encoding ${encoding}`, () => {
    it('gives back what went in, in whatever pieces', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.uint8Array({ maxLength: 5_000 }),
          fc.integer({ min: 1, max: 900 }),
          async (bytes, size) => {
            const encoded = await collect(pipe(() => split(bytes, size), encoder(encoding)))
            const decoded = await pipe(
              () => split(encoded, size),
              decoder(encoding, bytes.byteLength),
              collect
            )

            assert.deepEqual(Buffer.from(decoded), Buffer.from(bytes))
          }
        ),
        { numRuns: 30 }
      )
    })

    it('gives out no more than the size that was announced', async () => {
      const bytes = Buffer.alloc(8 * 1_048_576, 7)
      const encoded = await collect(encoder(encoding)([bytes]))

      for (const size of [bytes.byteLength - 1, 100_000, 0]) {
        let given = 0

        await assert.rejects(async () => {
          for await (const piece of decoder(encoding, size)([encoded])) {
            given += piece.byteLength
          }
        }, invalid)
        assert.ok(given <= size, `${given} bytes of ${size}`)
      }

      assert.equal(
        (await collect(decoder(encoding, bytes.byteLength)([encoded]))).byteLength,
        bytes.byteLength
      )
    })

    it('refuses a payload that ends early', async () => {
      const encoded = await collect(encoder(encoding)([randomBytes(10_000)]))

      await assert.rejects(collect(decoder(encoding, 10_000)([encoded.subarray(0, -20)])), invalid)
      await assert.rejects(collect(decoder(encoding, 10_001)([encoded])), invalid)
    })

    it('throws what its source throws', async () => {
      async function* broken(): AsyncGenerator<Uint8Array> {
        yield Buffer.alloc(10)
        throw new RangeError('no more')
      }

      await assert.rejects(collect(encoder(encoding)(broken())), RangeError)
      await assert.rejects(collect(decoder(encoding, 100)(broken())), (err: Error) =>
        encoding === 'none'
          ? err instanceof RangeError
          : ['RangeError', 'InvalidPayloadError'].includes(err.name)
      )
    })

    it('ends its source when it is left', async () => {
      let ended = false

      function* endless(): Generator<Uint8Array> {
        try {
          for (;;) {
            yield randomBytes(65_536)
          }
        } finally {
          ended = true
        }
      }

      for await (const piece of encoder(encoding)(endless())) {
        assert.ok(piece.byteLength > 0)
        break
      }

      await new Promise((resolve) => setImmediate(resolve))
      assert.ok(ended)
    })
  })
}

describe('compressed payloads', () => {
  it('of any bytes are refused', async () => {
    for (const encoding of ENCODINGS.slice(1)) {
      await assert.rejects(collect(decoder(encoding, 1_000)([Buffer.alloc(1_000, 'garbage')])), invalid)
    }
  })

  it('are refused when they need a larger window than allowed', async () => {
    const bytes = Buffer.alloc(64 * 1_048_576, 'abc')
    const withWindow = (log: number): Buffer =>
      zstdCompressSync(bytes, { params: { [constants.ZSTD_c_windowLog]: log } })

    await collect(decoder('zstd', bytes.byteLength)([withWindow(23)]))
    await assert.rejects(collect(decoder('zstd', bytes.byteLength)([withWindow(24)])), invalid)
  })
})

describe('the chunker', () => {
  it('cuts bytes into chunks of one size and a rest', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 64 }),
        async (pieces, size) => {
          const chunks: Uint8Array[] = []

          for await (const chunk of chunker(size)(pieces)) {
            chunks.push(chunk)
          }

          assert.deepEqual(Buffer.concat(chunks), Buffer.concat(pieces))
          assert.ok(chunks.slice(0, -1).every((chunk) => chunk.byteLength === size))
          assert.ok(chunks.every((chunk) => chunk.byteLength > 0 && chunk.byteLength <= size))
        }
      )
    )
  })

  it('does not copy whole chunks of one piece', async () => {
    const bytes = randomBytes(1_000)

    for await (const chunk of chunker(300)([bytes])) {
      assert.equal(chunk.buffer, bytes.buffer)
    }
  })
})
