import { pipeline, Readable } from 'node:stream'
import {
  constants,
  createBrotliCompress,
  createBrotliDecompress,
  createDeflate,
  createInflate,
  createZstdCompress,
  createZstdDecompress
} from 'node:zlib'
import { InvalidPayloadError } from './errors.ts'
import { BROTLI_QUALITY, CODEC_BUFFER_BYTES, ZLIB_LEVEL, ZSTD_LEVEL, ZSTD_MAX_WINDOW_LOG } from './limits.ts'
import type { Encoding } from './types.ts'
import type { Transform } from 'node:stream'

export type ByteSource = AsyncIterable<Uint8Array> | Iterable<Uint8Array>
export type ByteTransform = (source: ByteSource) => AsyncIterable<Uint8Array>

const chunkSize = CODEC_BUFFER_BYTES

const encoders: Record<Exclude<Encoding, 'none'>, () => Transform> = {
  zstd: () => createZstdCompress({ chunkSize, params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL } }),
  zlib: () => createDeflate({ chunkSize, level: ZLIB_LEVEL }),
  brotli: () =>
    createBrotliCompress({ chunkSize, params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } })
}

const decoders: Record<Exclude<Encoding, 'none'>, () => Transform> = {
  zstd: () =>
    createZstdDecompress({
      chunkSize,
      params: { [constants.ZSTD_d_windowLogMax]: ZSTD_MAX_WINDOW_LOG }
    }),
  zlib: () => createInflate({ chunkSize }),
  brotli: () => createBrotliDecompress({ chunkSize })
}

/** Compresses a payload as a whole, in threads of their own. */
export function encoder(encoding: Encoding): ByteTransform {
  return (source) => (encoding === 'none' ? iterate(source) : through(source, encoders[encoding]()))
}

/**
 * Decompresses a payload to exactly `decodedSize` bytes, and never gives out more.
 * What is iterated throws `InvalidPayloadError` when it is anything else.
 */
export function decoder(encoding: Encoding, decodedSize: number): ByteTransform {
  return async function* decode(source) {
    let bytes = 0

    try {
      for await (const piece of encoding === 'none' ? source : through(source, decoders[encoding]())) {
        bytes += piece.byteLength

        if (bytes > decodedSize) {
          throw new InvalidPayloadError(`Payload has more than the ${decodedSize} bytes of its header`)
        }

        yield piece
      }
    } catch (err) {
      throw isCodecError(err)
        ? new InvalidPayloadError('Payload cannot be decompressed', { cause: err })
        : err
    }

    if (bytes < decodedSize) {
      throw new InvalidPayloadError(`Payload has ${bytes} of the ${decodedSize} bytes of its header`)
    }
  }
}

/** Whether zlib says that the data is wrong, as opposed to what the source of the data threw. */
function isCodecError(err: unknown): boolean {
  return err instanceof Error && 'code' in err && /^(?:Z_|ZSTD_error_|ERR__ERROR_)/.test(String(err.code))
}

async function* iterate(source: ByteSource): AsyncGenerator<Uint8Array, void, undefined> {
  yield* source
}

/** The output of a Node transform; whichever end fails or leaves ends the other. */
function through(source: ByteSource, transform: Transform): AsyncIterable<Uint8Array> {
  // the failure is thrown to whoever iterates
  return pipeline(Readable.from(source), transform, () => {})
}
