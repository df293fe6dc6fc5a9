import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import {
  aggregate,
  fedAvg,
  krum,
  median,
  multiKrum,
  trimmedMean
} from '../../../src/learning/aggregation/index.ts'
import { MAX_COMPARED } from '../../../src/learning/aggregation/constants.ts'
import { Distances } from '../../../src/learning/aggregation/distances.ts'
import {
  BufferSink,
  checkParameters,
  encodeSafetensors,
  fileBytes,
  FileSource,
  READ_ELEMENTS,
  SafetensorsReader
} from '../../../src/learning/parameters/index.ts'
import { aggregated, updatesFrom, updatesOf } from './support.ts'
import type { ByteSource, NewTensor } from '../../../src/learning/parameters/index.ts'

const STRATEGIES = [fedAvg(), median(), trimmedMean(), krum(), multiKrum()]

/** Some values that differ from each other, and can be made again. */
function noise(seed: number): number {
  return Math.sin(seed * 12.9898) * 100
}

function model(seed: number): NewTensor[] {
  return [
    {
      name: 'w',
      dtype: 'F32',
      shape: [7, 3],
      data: Float32Array.from({ length: 21 }, (_, at) => noise(seed + at))
    },
    { name: 'h', dtype: 'F16', shape: [2], data: Uint16Array.of(0x3c00 + seed, 0xbc00 + seed) },
    { name: 'steps', dtype: 'I64', shape: [], data: BigInt64Array.of(BigInt(seed * 10)) },
    { name: 'mask', dtype: 'BOOL', shape: [2], data: Uint8Array.of(seed % 2, 1) },
    { name: 'none', dtype: 'F32', shape: [0], data: new Float32Array(0) }
  ]
}

describe('aggregate', () => {
  it('gives the same bytes whatever the order of the updates', async () => {
    const updates = await updatesFrom([1, 2, 3, 4, 5].map(model), [5, 1, 8, 3, 2])

    for (const strategy of STRATEGIES) {
      const { bytes, report } = await aggregated(strategy, updates)

      await fc.assert(
        fc.asyncProperty(fc.shuffledSubarray(updates, { minLength: updates.length }), async (shuffled) => {
          const other = await aggregated(strategy, shuffled)

          assert.deepEqual(other.bytes, bytes)
          assert.deepEqual(other.report, report)
        }),
        { numRuns: 10 }
      )
    }
  })

  it('keeps each tensor its dtype and shape, and rounds integers', async () => {
    const { tensors } = await aggregated(fedAvg(), await updatesFrom([1, 2, 4].map(model)))

    assert.deepEqual(tensors.get('steps'), BigInt64Array.of(23n))
    assert.deepEqual(tensors.get('mask'), Uint8Array.of(0, 1))
    assert.deepEqual(tensors.get('h'), Uint16Array.of(0x3c02, 0xbc02))
    assert.equal(tensors.get('none')?.length, 0)
    assert.ok(Math.abs(Number(tensors.get('w')?.[3]) - (noise(4) + noise(5) + noise(7)) / 3) < 1e-4)
  })

  it('reads tensors of any length, in any order, from files', async () => {
    const length = READ_ELEMENTS * 2 + 5
    const directory = await mkdtemp(join(tmpdir(), 'nebula-aggregate-'))
    const sources: FileSource[] = []

    try {
      for (const seed of [0, 1, 2]) {
        const data = Float32Array.from({ length }, (_, at) => at + seed)
        const path = join(directory, `${seed}.safetensors`)

        await writeFile(path, encodeSafetensors([{ name: 'w', dtype: 'F32', shape: [length], data }]))
        sources.push(await FileSource.open(path))
      }

      const readers = await Promise.all(sources.map(async (source) => SafetensorsReader.open(source)))
      const reference = readers[0]?.layout

      assert.ok(reference != null)

      const updates = await Promise.all(
        readers.map(async (reader, at) => ({
          id: String(at),
          samples: 1,
          parameters: await checkParameters(reader, reference)
        }))
      )
      const { tensors } = await aggregated(median(), updates)

      assert.deepEqual(
        tensors.get('w'),
        Float32Array.from({ length }, (_, at) => at + 1)
      )
    } finally {
      await Promise.all(sources.map(async (source) => source.close()))
      await rm(directory, { recursive: true })
    }
  })

  it('reads little of a model at a time, however large its tensors are', async () => {
    const elements = READ_ELEMENTS * 5
    const data = new Float32Array(elements)
    const bytes = encodeSafetensors([{ name: 'w', dtype: 'F32', shape: [elements], data }])
    const asked: number[] = []
    const source: ByteSource = {
      byteLength: bytes.byteLength,
      read(position, length, into) {
        asked.push(length)
        into.set(bytes.subarray(position, position + length))

        return into.subarray(0, length)
      }
    }
    const reader = await SafetensorsReader.open(source)
    const parameters = await checkParameters(reader, reader.layout)
    const pieces: number[] = []

    await aggregate({
      updates: ['a', 'b', 'c'].map((id) => ({ id, samples: 1, parameters })),
      strategy: multiKrum(),
      sink: { write: (piece) => void pieces.push(piece.byteLength) }
    })

    assert.equal(Math.max(...asked, ...pieces), READ_ELEMENTS * 4)
    assert.equal(
      pieces.reduce((sum, length) => sum + length, 0),
      bytes.byteLength
    )
  })

  it('says which update is far from all others', async () => {
    const near = [1, 2, 3, 4].map((seed) => [1 + noise(seed) / 1_000, 2 - noise(seed + 9) / 1_000])

    for (const strategy of STRATEGIES) {
      const { report } = await aggregated(strategy, await updatesOf([...near, [-40, 40]]))

      assert.deepEqual(
        report.updates.map(({ far }) => far),
        [false, false, false, false, true]
      )
      assert.ok(Math.abs((report.updates[4]?.distance ?? 0) - Math.hypot(41, 38)) < 1)
    }
  })

  it('calls none far where there are two, or all are the same', async () => {
    for (const all of [[[0], [100]], [[1], [1], [1]], [[1]]]) {
      const { report } = await aggregated(fedAvg(), await updatesOf(all))

      assert.ok(report.updates.every(({ far }) => !far))
    }
  })

  it('refuses two updates of one node, and updates that were checked against different models', async () => {
    const updates = await updatesOf([[1], [2]])
    const others = await updatesOf([[1], [2], [3]])
    const [a, b] = updates

    assert.ok(a != null && b != null)
    await assert.rejects(aggregated(fedAvg(), [a, b, { ...b, id: 'a' }]), /two updates of a/)
    await assert.rejects(aggregated(fedAvg(), [a, ...others.slice(1)]), /another layout/)
  })

  it('ends when it is aborted, or the sink fails', async () => {
    const updates = await updatesOf([[1], [2]])
    const sink = new BufferSink(
      fileBytes(updates[0]?.parameters.reference ?? { tensors: [], metadata: new Map() })
    )
    const reason = new Error('enough')

    await assert.rejects(
      aggregate({ updates, strategy: fedAvg(), sink, signal: AbortSignal.abort(reason) }),
      reason
    )
    await assert.rejects(
      aggregate({ updates, strategy: fedAvg(), sink: { write: async () => Promise.reject(reason) } }),
      reason
    )
  })
})

describe('Distances', () => {
  it('compares each update with some others only, unless all distances are needed', () => {
    const inputs = Array.from({ length: 60 }, (_, at) => Float64Array.of(at))
    const some = new Distances(60, false)
    const all = new Distances(60, true)

    some.add(inputs)
    all.add(inputs)

    for (let update = 0; update < 60; update++) {
      assert.equal(some.squared(update).length, MAX_COMPARED)
      assert.equal(all.squared(update).length, 59)
    }
  })
})
