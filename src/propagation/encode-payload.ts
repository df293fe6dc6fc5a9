import { hash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { promisify } from 'node:util'
import { constants, zstdCompress } from 'node:zlib'
import { pipe } from 'it-pipe'
import { chunker } from '../../protocols/model/chunker.ts'
import { encoder } from '../../protocols/model/encoding.ts'
import { ModelTooLargeError } from '../../protocols/model/index.ts'
import { MAX_UNWRITTEN_CHUNKS } from '../../protocols/model/limits.ts'
import { SAMPLE_BYTES, SAMPLES, WORTHWHILE_RATIO } from './constants.ts'
import type { Payload } from './payload-storage.ts'
import type { ByteSource, ByteTransform } from '../../protocols/model/encoding.ts'
import type { Encoding, ModelHeader } from '../../protocols/model/index.ts'
import type { AbortOptions } from '@libp2p/interface'

/** The bytes of a model: all at once, a file, or as they come. */
export type ModelSource = Uint8Array | { path: string } | AsyncIterable<Uint8Array>

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
  const { sample, read } = await look(source, chunkSize)
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

interface Look {
  sample: Uint8Array
  /** All the bytes; with `reuse` a piece is overwritten some pieces later. */
  read(options: { reuse: boolean }): ByteSource
}

/** Pieces of a payload from all over it, as far as that is known, and all its bytes. */
async function look(source: ModelSource, chunkSize: number): Promise<Look> {
  if (source instanceof Uint8Array) {
    return {
      sample: Buffer.concat(places(source.byteLength).map((at) => source.subarray(at, at + SAMPLE_BYTES))),
      read: () => [source]
    }
  }

  if ('path' in source) {
    return {
      sample: await sampleFile(source.path),
      read: ({ reuse }) => readFile(source.path, chunkSize, reuse)
    }
  }

  return lookAhead(source)
}

/** Where samples are taken, without overlap. */
function places(byteLength: number): number[] {
  if (byteLength <= SAMPLES * SAMPLE_BYTES) {
    return Array.from({ length: Math.ceil(byteLength / SAMPLE_BYTES) }, (_, at) => at * SAMPLE_BYTES)
  }

  return Array.from({ length: SAMPLES }, (_, at) =>
    Math.floor((at * (byteLength - SAMPLE_BYTES)) / (SAMPLES - 1))
  )
}

async function sampleFile(path: string): Promise<Uint8Array> {
  const file = await open(path)

  try {
    const { size } = await file.stat()
    const pieces = places(size).map(async (at) => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(SAMPLE_BYTES), 0, SAMPLE_BYTES, at)

      return buffer.subarray(0, bytesRead)
    })

    return Buffer.concat(await Promise.all(pieces))
  } finally {
    await file.close()
  }
}

/**
 * A file, a chunk at a time. Fresh memory for each chunk would grow by 64 MiB
 * before it is collected, and be slower: so the same few buffers are filled
 * again, more than there can be waiting to be written or cut.
 */
async function* readFile(
  path: string,
  chunkSize: number,
  reuse: boolean
): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await open(path)
  const buffers: Uint8Array[] = []

  try {
    for (let turn = 0; ; turn = (turn + 1) % (MAX_UNWRITTEN_CHUNKS + 4)) {
      const buffer = (reuse ? buffers[turn] : undefined) ?? Buffer.allocUnsafeSlow(chunkSize)
      const { bytesRead } = await file.read(buffer, 0, chunkSize)

      if (bytesRead === 0) {
        return
      }

      buffers[turn] = buffer
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await file.close()
  }
}

/** Of bytes that come one after another the first are the sample. */
async function lookAhead(source: AsyncIterable<Uint8Array>): Promise<Look> {
  const iterator = source[Symbol.asyncIterator]()
  const seen: Uint8Array[] = []
  let bytes = 0
  let done = false

  while (bytes < SAMPLES * SAMPLE_BYTES && !done) {
    const next = await iterator.next()

    if (next.done === true) {
      done = true
    } else {
      seen.push(next.value)
      bytes += next.value.byteLength
    }
  }

  async function* all(): AsyncGenerator<Uint8Array, void, undefined> {
    yield* seen.splice(0)

    if (!done) {
      yield* { [Symbol.asyncIterator]: () => iterator }
    }
  }

  return { sample: Buffer.concat(seen).subarray(0, SAMPLES * SAMPLE_BYTES), read: all }
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
