/** What it costs to make one model of five, beside a plain loop over arrays that makes their mean. */
import { strict as assert } from 'node:assert'
import { aggregate, fedAvg, median, multiKrum, trimmedMean } from '../src/learning/aggregation/index.ts'
import {
  BufferSink,
  checkParameters,
  encodeSafetensors,
  fileBytes,
  openBytes,
  parseSafetensors
} from '../src/learning/parameters/index.ts'
import { inTurns } from './in-turns.ts'
import type { Strategy, Update } from '../src/learning/aggregation/index.ts'
import type { Benchmark, Figure } from './benchmark.ts'

const MB = 1_000_000
const UPDATES = 5
/** Tensors of a model; each is a fraction of it. */
const TENSORS = 10
/** How far a result may be from the plain loop's, which adds in single precision. */
const TOLERANCE = 1e-5

const STRATEGIES = [fedAvg(), median(), trimmedMean(), multiKrum()]

export const aggregation: Benchmark = {
  name: 'aggregation',
  async run({ quick }) {
    const megabytes = quick ? 2 : 50
    const arrays = Array.from({ length: UPDATES }, (_, seed) => values((megabytes * MB) / 4, seed))
    const files = arrays.map(fileOf)
    const updates = await checked(files)
    const expected = plainMean(arrays)
    const perMegabyte = megabytes * UPDATES
    const peer = async (): Promise<number> => (await cpuMs(() => plainMean(arrays))) / perMegabyte
    const figures: Figure[] = []

    assertClose(await result(fedAvg(), updates), expected)

    for (const strategy of STRATEGIES) {
      const runs = await inTurns(quick ? 1 : 5, {
        ours: async () => (await cpuMs(async () => result(strategy, updates))) / perMegabyte,
        peer
      })

      figures.push({
        name: `aggregation/${strategy.name.toLowerCase().replaceAll(' ', '-')}`,
        unit: 'ms CPU/MB',
        ...runs,
        peerName: 'a loop that makes the mean',
        // it also reads files, measures ten distances and lets other work run
        ...(strategy.name === 'FedAvg' ? { aim: { of: 'ratio' as const, below: 4 } } : {})
      })
    }

    figures.push({
      name: 'aggregation/check',
      unit: 'ms CPU/MB',
      ...(await inTurns(quick ? 1 : 5, {
        ours: async () => (await cpuMs(async () => checked(files))) / perMegabyte,
        peer
      })),
      peerName: 'a loop that makes the mean'
    })

    return figures
  }
}

function values(length: number, seed: number): Float32Array {
  return Float32Array.from({ length }, (_, at) => ((at * 7 + seed * 13) % 101) / 101)
}

function fileOf(array: Float32Array): Uint8Array {
  const length = array.length / TENSORS

  return encodeSafetensors(
    Array.from({ length: TENSORS }, (_, at) => ({
      name: `layer.${at}`,
      dtype: 'F32',
      shape: [length],
      data: array.subarray(at * length, (at + 1) * length)
    }))
  )
}

async function checked(files: readonly Uint8Array[]): Promise<Update[]> {
  const readers = await Promise.all(files.map(async (file) => openBytes(file)))
  const reference = readers[0]?.layout

  assert.ok(reference != null)

  return Promise.all(
    readers.map(async (reader, at) => ({
      id: String(at),
      samples: 1,
      parameters: await checkParameters(reader, reference)
    }))
  )
}

async function result(strategy: Strategy, updates: readonly Update[]): Promise<Uint8Array> {
  const layout = updates[0]?.parameters.reference

  assert.ok(layout != null)

  const sink = new BufferSink(fileBytes(layout))

  await aggregate({ updates, strategy, sink })

  return sink.bytes
}

function plainMean(arrays: readonly Float32Array[]): Float32Array {
  const mean = new Float32Array(arrays[0]?.length ?? 0)
  const share = 1 / UPDATES

  for (const array of arrays) {
    for (let i = 0; i < mean.length; i++) {
      mean[i] = (mean[i] ?? 0) + (array[i] ?? 0) * share
    }
  }

  return mean
}

function assertClose(file: Uint8Array, expected: Float32Array): void {
  const { tensors } = parseSafetensors(file)
  let at = 0

  for (const tensor of tensors.values()) {
    assert.ok(tensor instanceof Float32Array)

    for (const value of tensor) {
      assert.ok(Math.abs(value - (expected[at++] ?? NaN)) < TOLERANCE)
    }
  }

  assert.equal(at, expected.length)
}

/** Of the whole process, in all of its threads. */
async function cpuMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage()

  await work()

  const { user, system } = process.cpuUsage(before)

  return (user + system) / 1_000
}
