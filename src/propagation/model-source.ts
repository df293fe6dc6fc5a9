import { raceSignal } from 'race-signal'
import { MAX_UNWRITTEN_CHUNKS } from '../../protocols/model/limits.ts'
import { openRegular, UnreadableFileError } from '../lib/regular-file.ts'
import { SAMPLE_BYTES, SAMPLES } from './constants.ts'
import type { ByteSource } from '../../protocols/model/encoding.ts'
import type { FileHandle } from 'node:fs/promises'

/**
 * The bytes of a model: all at once, a file, or as they come. Pieces that come
 * are not copied at once: whoever gives them leaves them alone until the model
 * is made.
 */
export type ModelSource = Uint8Array | { path: string } | AsyncIterable<Uint8Array>

export interface Look {
  sample: Uint8Array
  /** All the bytes; with `reuse` a piece is overwritten some pieces later. */
  read(options: { reuse: boolean }): ByteSource
}

/** Pieces of a payload from all over it, as far as that is known, and all its bytes. */
export async function look(source: ModelSource, chunkSize: number, signal?: AbortSignal): Promise<Look> {
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

  return lookAhead(abortable(source, signal))
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
  const file = await openRegular(path)

  try {
    const { size } = await file.stat()
    const pieces: Uint8Array[] = []

    // one after another: a file on a dead network disk would block as many threads as there are
    for (const at of places(size)) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(SAMPLE_BYTES), 0, SAMPLE_BYTES, at)

      pieces.push(buffer.subarray(0, bytesRead))
    }

    return Buffer.concat(pieces)
  } catch (err) {
    throw new UnreadableFileError(path, err)
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
  const file = await openRegular(path)
  const buffers: Uint8Array[] = []

  try {
    for (let turn = 0; ; turn = (turn + 1) % (MAX_UNWRITTEN_CHUNKS + 4)) {
      const buffer = (reuse ? buffers[turn] : undefined) ?? Buffer.allocUnsafeSlow(chunkSize)
      const bytesRead = await fill(buffer, file, path)

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

/** Fills the buffer as far as the file goes. A read may come short, and pieces below a chunk would wait to be cut while their buffer is filled again. */
async function fill(buffer: Uint8Array, file: FileHandle, path: string): Promise<number> {
  let filled = 0

  for (;;) {
    const { bytesRead } = await file
      .read(buffer, filled, buffer.byteLength - filled)
      .catch((err: unknown) => Promise.reject(new UnreadableFileError(path, err)))

    filled += bytesRead

    if (bytesRead === 0 || filled === buffer.byteLength) {
      return filled
    }
  }
}

/** The pieces until the signal is aborted, also while the next one does not come. */
async function* abortable(
  source: AsyncIterable<Uint8Array>,
  signal?: AbortSignal
): AsyncGenerator<Uint8Array, void, undefined> {
  const iterator = source[Symbol.asyncIterator]()
  let over = false

  try {
    for (;;) {
      const next = await raceSignal(Promise.resolve(iterator.next()), signal)

      if (next.done === true) {
        over = true

        return
      }

      yield next.value
    }
  } catch (err) {
    over = signal?.aborted !== true

    throw err
  } finally {
    if (!over) {
      // one that waits for its next piece ends when that comes, which may be never
      Promise.resolve(iterator.return?.()).catch(() => {})
    }
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
