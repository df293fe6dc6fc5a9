import assert from 'node:assert/strict'
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import * as fc from 'fast-check'
import {
  BufferSink,
  bufferSource,
  DTYPES,
  encodeHeader,
  encodeSafetensors,
  fileBytes,
  fileSink,
  FileSource,
  layOut,
  openBytes,
  parseSafetensors,
  SafetensorsError,
  SafetensorsReader,
  sizeOf,
  UnknownTensorError
} from '../../../src/learning/parameters/index.ts'
import type { ByteSource, NewTensor } from '../../../src/learning/parameters/index.ts'

const name = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => text !== '__metadata__')
const tensor = fc
  .record({
    name,
    dtype: fc.constantFrom(...DTYPES),
    shape: fc.array(fc.nat(4), { maxLength: 4 }),
    seed: fc.nat(255)
  })
  .map(({ seed, ...shape }): NewTensor => {
    const elements = shape.shape.reduce((product, size) => product * size, 1)

    return { ...shape, data: new Uint8Array(elements * sizeOf(shape.dtype)).map((_, at) => at * 7 + seed) }
  })
const tensors = fc.uniqueArray(tensor, { maxLength: 12, selector: (one) => one.name })
const metadata = fc.uniqueArray(fc.tuple(name, fc.string({ unit: 'grapheme' })), {
  maxLength: 4,
  selector: ([key]) => key
})

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

describe('a safetensors file', () => {
  it('gives what was written', () => {
    fc.assert(
      fc.property(tensors, metadata, (written, notes) => {
        const bytes = encodeSafetensors(written, notes)
        const read = parseSafetensors(bytes)

        assert.equal(read.tensors.size, written.length)
        assert.deepEqual(read.layout.metadata, new Map(notes))

        for (const { name: key, dtype, shape, data } of written) {
          const view = read.tensors.get(key)
          const info = read.layout.tensors.find((one) => one.name === key)

          assert.deepEqual({ dtype: info?.dtype, shape: info?.shape }, { dtype, shape })
          assert.deepEqual(view == null ? view : bytesOf(view), bytesOf(data))
          assert.equal(view?.buffer, bytes.buffer, 'every tensor is aligned')
        }
      })
    )
  })

  it('has the same bytes whatever the order of its tensors, and the length that was foretold', () => {
    fc.assert(
      fc.property(tensors, metadata, fc.infiniteStream(fc.nat()), (written, notes, chance) => {
        const bytes = encodeSafetensors(written, notes)
        const order = written.map((one) => ({ one, at: chance.next().value ?? 0 }))
        const shuffled = order.sort((a, b) => a.at - b.at).map(({ one }) => one)

        assert.deepEqual(encodeSafetensors(shuffled, notes.toReversed()), bytes)
        assert.equal(fileBytes(layOut(written, notes)), bytes.byteLength)
      })
    )
  })

  it('is refused with a SafetensorsError, or is valid, after any change', async () => {
    await fc.assert(
      fc.asyncProperty(
        tensors,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.tuple(fc.nat(), fc.nat(40), fc.uint8Array({ maxLength: 40 })),
        async (written, changes, [at, removed, inserted]) => {
          const bytes = encodeSafetensors(written)

          for (const [position, value] of changes) {
            bytes[position % bytes.byteLength] = value
          }

          await parsesOrRefuses(bytes)

          const cut = at % bytes.byteLength

          await parsesOrRefuses(
            Buffer.concat([bytes.subarray(0, cut), inserted, bytes.subarray(cut + removed)])
          )
        }
      ),
      { numRuns: 500 }
    )
  })

  it('is refused with a SafetensorsError, or is valid, whatever its header', async () => {
    const word = fc.constantFrom(
      '{', '}', '[', ']', ':', ',', '"w"', '"dtype"', '"shape"', '"data_offsets"', '"F32"', '"__metadata__"',
      '0', '1', '4', '99999999999999999999', '-', '.', 'e', '"', '\\', '\\u', ' ', '\0'
    ) // prettier-ignore

    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 60 }), fc.nat(16), async (words, dataLength) => {
        const header = Buffer.from(`{${words.join('')}`)
        const length = Buffer.alloc(8)

        length.writeUInt32LE(header.byteLength)
        await parsesOrRefuses(Buffer.concat([length, header, Buffer.alloc(dataLength)]))
      }),
      { numRuns: 500 }
    )
  })

  it('cannot be written with names twice, data of another length, or text that is no Unicode', () => {
    const one: NewTensor = { name: 'w', dtype: 'F32', shape: [2], data: new Float32Array(2) }

    for (const bad of [
      [one, one],
      [{ ...one, name: '__metadata__' }],
      [{ ...one, name: '\ud800' }],
      [{ ...one, data: new Float32Array(3) }],
      [{ ...one, data: new Uint8Array(7) }],
      [{ ...one, shape: [-2] }],
      [{ ...one, shape: [0.5, 4] }],
      [{ ...one, shape: [2 ** 52, 2 ** 52] }]
    ]) {
      assert.throws(() => encodeSafetensors(bad), SafetensorsError)
    }

    assert.throws(() => encodeSafetensors([one], [['a', '\ud800']]), SafetensorsError)
  })
})

describe('SafetensorsReader', () => {
  const written: NewTensor[] = [
    { name: 'a', dtype: 'F32', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
    { name: 'n', dtype: 'I64', shape: [], data: BigInt64Array.of(-7n) }
  ]
  const bytes = encodeSafetensors(written)
  let directory: string

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nebula-safetensors-'))
  })

  after(async () => {
    await rm(directory, { recursive: true })
  })

  it('reads tensors, and parts of them, from a file', async (t) => {
    const path = join(directory, 'model.safetensors')

    await writeFile(path, bytes)

    const source = await FileSource.open(path)

    t.after(async () => source[Symbol.asyncDispose]())

    const reader = await SafetensorsReader.open(source)
    const part = await reader.bytes(reader.info('a'), 2, 3, new Uint8Array(100))

    assert.deepEqual(await reader.tensor('a'), Float32Array.of(1, 2, 3, 4, 5, 6))
    assert.deepEqual(await reader.tensor('n'), BigInt64Array.of(-7n))
    assert.deepEqual(Buffer.from(part), Buffer.from(Float32Array.of(3, 4, 5).buffer))
  })

  it('says which tensor is not there, or is no longer whole', async (t) => {
    const path = join(directory, 'shrinking.safetensors')

    await writeFile(path, bytes)

    const source = await FileSource.open(path)

    t.after(async () => source[Symbol.asyncDispose]())

    const reader = await SafetensorsReader.open(source)

    await writeFile(path, bytes.subarray(0, bytes.byteLength - 4))
    await assert.rejects(reader.tensor('a'), { code: 'truncated', tensor: 'a' })
    await assert.rejects(reader.tensor('b'), UnknownTensorError)
    assert.equal(reader.has('b'), false)
  })

  it('opens regular files only', async () => {
    await assert.rejects(FileSource.open(directory))
  })

  it('gives what was written piece by piece, to memory and to a file', async (t) => {
    const layout = layOut(written)
    const path = join(directory, 'pieces.safetensors')
    const memory = new BufferSink(fileBytes(layout))
    const file = await open(path, 'w')
    const reader = await openBytes(bytes)

    for (const sink of [memory, fileSink(file)]) {
      await sink.write(encodeHeader(layout))

      for (const info of layout.tensors) {
        await sink.write(await reader.bytes(info, 0, info.elements, new Uint8Array(0)))
      }
    }

    await file.close()

    const source = await FileSource.open(path)

    t.after(async () => source[Symbol.asyncDispose]())

    assert.deepEqual(memory.bytes, bytes)
    assert.deepEqual(await source.read(0, source.byteLength, new Uint8Array(source.byteLength)), bytes)
  })
})

/** Both ways to read agree, fail with nothing but the typed error, and read no more than there is. */
async function parsesOrRefuses(bytes: Uint8Array): Promise<void> {
  const asked: number[] = []
  const source: ByteSource = {
    byteLength: bytes.byteLength,
    read: (position, length, into) => {
      asked.push(length, into.byteLength)

      return bufferSource(bytes).read(position, length, into)
    }
  }
  const [whole, opened] = await Promise.allSettled([
    (async () => parseSafetensors(bytes).layout)(),
    SafetensorsReader.open(source).then(({ layout }) => layout)
  ])

  assert.ok(asked.every((length) => length <= bytes.byteLength))

  if (whole.status === 'fulfilled' && opened.status === 'fulfilled') {
    assert.deepEqual(whole.value, opened.value)
  } else {
    assert.ok(whole.status === 'rejected')
    assert.ok(whole.reason instanceof SafetensorsError, String(whole.reason))
    assert.ok(opened.status === 'rejected')
    assert.deepEqual(String(opened.reason), String(whole.reason))
  }
}
