import { hash } from 'node:crypto'
import { promisify } from 'node:util'
import { constants, zstdCompress } from 'node:zlib'
import { pipe } from 'it-pipe'
import { chunker } from '../../protocols/model/chunker.ts'
import { encoder } from '../../protocols/model/encoding.ts'
import { ModelTooLargeError } from '../../protocols/model/index.ts'
import { MAX_UNWRITTEN_CHUNKS } from '../../protocols/model/limits.ts'
import { WORTHWHILE_RATIO } from './constants.ts'
import { look } from './model-source.ts'
import type { ModelSource } from './model-source.ts'
import type { Payload } from './payload-storage.ts'
import type { ByteTransform } from '../../protocols/model/encoding.ts'
import type { Encoding, ModelHeader } from '../../protocols/model/index.ts'
import type { AbortOptions } from '@libp2p/interface'

export interface EncodePayloadOptions extends AbortOptions {
  /** Used when it makes the payload smaller. */
  encoding: Encoding
  /** Bytes of a chunk. */
  chunkSize: number
  /** Bytes of the payload at most, compressed or not. */
  maxModelBytes: number
}

export type EncodedPayload = Pick<
  ModelHeader,
  'encoding' | 'decodedSize' | 'encodedSize' | 'chunkSize' | 'hashes'
>

/**
 * Compresses, cuts, hashes and stores a payload in one pass, whatever its size
 * with a few chunks in memory.
 *
 * @throws {ModelTooLargeError} as soon as it has more bytes than allowed
 * @throws what the source or the storage throws; the reason of the signal
 */
export async function encodePayload(
  source: ModelSource,
  payload: Payload,
  options: EncodePayloadOptions
): Promise<EncodedPayload> {
  const { chunkSize, maxModelBytes, signal } = options
  const { sample, read } = await look(source, chunkSize, signal)
  const encoding = await shrinks(sample, options.encoding)
  const decoded = counter(maxModelBytes, signal)
  const encoded = counter(maxModelBytes, signal)
  const hashes = await pipe(
    // a compressor may hold on to what it was given
    read({ reuse: encoding === 'none' }),
    decoded.transform,
    encoder(encoding),
    encoded.transform,
    chunker(chunkSize),
    async (chunks) => write(chunks, payload, chunkSize)
  )

  return { encoding, decodedSize: decoded.bytes, encodedSize: encoded.bytes, chunkSize, hashes }
}

/** Writes the chunks, a few at once, and gives their hashes. */
async function write(
  chunks: AsyncIterable<Uint8Array>,
  payload: Payload,
  chunkSize: number
): Promise<Uint8Array> {
  const hashes: Uint8Array[] = []
  const writing: Array<Promise<void>> = []

  try {
    for await (const chunk of chunks) {
      const written = payload.write(hashes.length * chunkSize, chunk)

      // it is awaited below
      written.catch(() => {})
      writing.push(written)
      hashes.push(hash('sha256', chunk, 'buffer'))

      if (writing.length >= MAX_UNWRITTEN_CHUNKS) {
        await writing.shift()
      }
    }
  } finally {
    await Promise.all(writing)
  }

  return Buffer.concat(hashes)
}

function counter(max: number, signal?: AbortSignal): { readonly bytes: number; transform: ByteTransform } {
  let bytes = 0

  return {
    get bytes() {
      return bytes
    },
    transform: async function* count(source) {
      for await (const piece of source) {
        signal?.throwIfAborted()
        bytes += piece.byteLength

        if (bytes > max) {
          throw new ModelTooLargeError(max)
        }

        yield piece
      }
    }
  }
}

async function shrinks(sample: Uint8Array, encoding: Encoding): Promise<Encoding> {
  if (encoding === 'none' || sample.byteLength === 0) {
    return 'none'
  }

  const compressed = await promisify(zstdCompress)(sample, {
    params: { [constants.ZSTD_c_compressionLevel]: 1 }
  })

  return compressed.byteLength <= sample.byteLength * WORTHWHILE_RATIO ? encoding : 'none'
}
