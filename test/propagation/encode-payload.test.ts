import assert from 'node:assert/strict'
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it, mock } from 'node:test'
import { MIN_CHUNK_BYTES } from '../../protocols/model/limits.ts'
import { encodePayload } from '../../src/propagation/encode-payload.ts'
import { FileStorage, MemoryStorage } from '../../src/propagation/index.ts'
import type { EncodePayloadOptions, EncodedPayload } from '../../src/propagation/encode-payload.ts'
import type { ModelSource } from '../../src/propagation/index.ts'

/** What is used of a FileHandle, without its overloads. */
interface Reads {
  read(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position?: number | null
  ): Promise<{ bytesRead: number }>
}

const OPTIONS: EncodePayloadOptions = {
  encoding: 'none',
  chunkSize: MIN_CHUNK_BYTES,
  maxModelBytes: 64 * MIN_CHUNK_BYTES
}

/** No two parts are alike. */
const BYTES = new Uint8Array(new Uint32Array(5 * MIN_CHUNK_BYTES + 2).map((_, at) => at).buffer).subarray(
  0,
  -1
)

async function encode(
  source: ModelSource,
  options: Partial<EncodePayloadOptions> = {}
): Promise<{ encoded: EncodedPayload; stored: Buffer }> {
  const payload = new MemoryStorage().create()
  const encoded = await encodePayload(source, payload, { ...OPTIONS, ...options })
  const pieces: Uint8Array[] = []

  for (let at = 0; at < encoded.encodedSize; at += OPTIONS.chunkSize) {
    const length = Math.min(OPTIONS.chunkSize, encoded.encodedSize - at)

    pieces.push((await payload.read(at, length)).slice())
  }

  return { encoded, stored: Buffer.concat(pieces) }
}

describe('a payload', () => {
  let directory: string
  let path: string

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nebula-encode-'))
    path = join(directory, 'model')
    await writeFile(path, BYTES)
  })

  after(async () => {
    await rm(directory, { recursive: true })
  })

  it('of a file is the file, also where reads come short', async () => {
    const file = await open(path)
    const prototype = Object.getPrototypeOf(file) as Reads
    const { read } = prototype

    await file.close()

    const short = mock.method(prototype, 'read', function shortRead(this: Reads, buffer, offset, length) {
      return read.call(this, buffer, offset, Math.min(length, 4_096), null)
    } as Reads['read'])

    try {
      assert.ok((await encode({ path })).stored.equals(BYTES))
      assert.ok(short.mock.callCount() > 320)
    } finally {
      short.mock.restore()
    }
  })

  it('of pieces ends with its signal while the next piece does not come', async () => {
    for (const first of [0, 1, 8 * MIN_CHUNK_BYTES]) {
      const controller = new AbortController()
      const waits = Promise.withResolvers<void>()
      const making = encode(
        (async function* wait() {
          if (first > 0) {
            yield BYTES.subarray(0, first)
          }

          waits.resolve()
          await new Promise(() => {})
        })(),
        { signal: controller.signal }
      )

      await waits.promise
      controller.abort(new Error('enough'))
      await assert.rejects(making, { message: 'enough' })
    }
  })

  it('of pieces tells its source when it is too large or given up, and throws what the source throws', async () => {
    let returned = 0
    const endless = {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false as const, value: BYTES }),
        return: async () => {
          returned++

          return { done: true as const, value: undefined }
        }
      })
    }

    await assert.rejects(encode(endless), { name: 'ModelTooLargeError' })
    assert.equal(returned, 1)
    await assert.rejects(
      encode(
        (async function* fail() {
          yield BYTES
          throw new Error('no more weights')
        })()
      ),
      { message: 'no more weights' }
    )
  })

  it('can be stored once the directory is there again', async () => {
    const storage = new FileStorage(join(directory, 'models'))

    await storage.start()

    const payload = storage.create()

    await rm(join(directory, 'models'), { recursive: true })
    await assert.rejects(payload.write(0, BYTES), { code: 'ENOENT' })
    await storage.stop()
    await storage.start()
    await payload.write(0, BYTES)
    assert.equal((await payload.read(0, 5)).byteLength, 5)
    await payload.remove()
    await storage.stop()
  })
})
