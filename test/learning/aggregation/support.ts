import assert from 'node:assert/strict'
import { aggregate } from '../../../src/learning/aggregation/index.ts'
import {
  BufferSink,
  checkParameters,
  encodeSafetensors,
  fileBytes,
  openBytes,
  parseSafetensors
} from '../../../src/learning/parameters/index.ts'
import type { AggregationReport, Strategy, Update } from '../../../src/learning/aggregation/index.ts'
import type { NewTensor, TensorArray, TensorLayout } from '../../../src/learning/parameters/index.ts'

export interface Aggregated {
  bytes: Uint8Array
  tensors: Map<string, TensorArray>
  report: AggregationReport
}

/** Updates `a`, `b`, ... of one tensor `w` of doubles. */
export async function updatesOf(
  models: readonly number[][],
  samples: ReadonlyArray<number | bigint> = models.map(() => 1)
): Promise<Update[]> {
  return updatesFrom(
    models.map((values) => [
      { name: 'w', dtype: 'F64', shape: [values.length], data: Float64Array.from(values) }
    ]),
    samples
  )
}

/** Updates `a`, `b`, ..., each checked against the first. */
export async function updatesFrom(
  models: readonly NewTensor[][],
  samples: ReadonlyArray<number | bigint> = models.map(() => 1)
): Promise<Update[]> {
  const readers = await Promise.all(models.map(async (tensors) => openBytes(encodeSafetensors(tensors))))
  const layout = readers[0]?.layout

  assert.ok(layout != null)

  return Promise.all(
    readers.map(async (reader, at) => ({
      id: String.fromCharCode('a'.charCodeAt(0) + at),
      samples: samples[at] ?? 1,
      parameters: await checkParameters(reader, layout)
    }))
  )
}

export async function aggregated(strategy: Strategy, updates: readonly Update[]): Promise<Aggregated> {
  const sink = new BufferSink(fileBytes(updates[0]?.parameters.reference ?? NO_TENSORS))
  const report = await aggregate({ updates, strategy, sink })

  return { bytes: sink.bytes, tensors: parseSafetensors(sink.bytes).tensors, report }
}

/** The values of `w` after aggregation. */
export async function valuesOf(
  strategy: Strategy,
  models: readonly number[][],
  samples?: ReadonlyArray<number | bigint>
): Promise<number[]> {
  const { tensors } = await aggregated(strategy, await updatesOf(models, samples))

  return [...(tensors.get('w') as Float64Array)]
}

const NO_TENSORS: TensorLayout = { tensors: [], metadata: new Map() }
