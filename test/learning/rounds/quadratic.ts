/**
 * Training whose result is known: node i has the loss a_i/2 |x - c_i|^2 for each
 * of some parameters, and takes one step of gradient descent a round.
 */
import assert from 'node:assert/strict'
import { aggregate, fedAvg } from '../../../src/learning/aggregation/index.ts'
import {
  BufferSink,
  checkParameters,
  encodeSafetensors,
  fileBytes,
  openBytes,
  parseSafetensors
} from '../../../src/learning/parameters/index.ts'
import type { AggregationReport, Strategy } from '../../../src/learning/aggregation/index.ts'
import type { CountedUpdate, Output } from '../../../src/learning/rounds/index.ts'
import type { Network, NetworkInit } from './network.ts'

export interface Loss {
  curvature: number
  centre: readonly number[]
  samples: number
}

export const STEP = 0.4

export function encodeModel(x: readonly number[]): Uint8Array {
  return encodeSafetensors([{ name: 'x', dtype: 'F64', shape: [x.length], data: Float64Array.from(x) }])
}

export function decodeModel(bytes: Uint8Array): number[] {
  return [...(parseSafetensors(bytes).tensors.get('x') as Float64Array)]
}

/** Trains and aggregates as a node does: models are files. @default FedAvg */
export function quadratic(
  losses: Map<string, Loss>,
  {
    strategy = fedAvg(),
    onReport = () => {}
  }: { strategy?: Strategy; onReport?: (node: string, report: AggregationReport) => void } = {}
): Pick<NetworkInit<Uint8Array>, 'train' | 'aggregate'> {
  return {
    train(node, _round, model) {
      const { curvature, centre } = lossOf(losses, node)

      return encodeModel(decodeModel(model).map((x, at) => x - STEP * curvature * (x - (centre[at] ?? 0))))
    },
    async aggregate(node, _round, updates) {
      const { layout } = parseSafetensors(updates[0]?.model ?? new Uint8Array(0))
      const sink = new BufferSink(fileBytes(layout))

      const report = await aggregate({
        strategy,
        sink,
        updates: await Promise.all(
          updates.map(async ({ id, model }: CountedUpdate<Uint8Array>) => ({
            id,
            samples: lossOf(losses, id).samples,
            parameters: await checkParameters(await openBytes(model), layout)
          }))
        )
      })

      onReport(node, report)

      return sink.bytes
    }
  }
}

/** Where the sum of the losses, weighted by samples, is least. */
export function optimum(losses: Map<string, Loss>): number[] {
  const all = [...losses.values()]
  const weight = all.reduce((sum, { curvature, samples }) => sum + samples * curvature, 0)

  return (all[0]?.centre ?? []).map(
    (_, at) =>
      all.reduce((sum, { curvature, samples, centre }) => sum + samples * curvature * (centre[at] ?? 0), 0) /
      weight
  )
}

/** What each node has in the end. */
export function finished(network: Network<Uint8Array>): Map<string, number[]> {
  return new Map(
    network.log.flatMap((one: { node: string } & Output<Uint8Array>) =>
      one.type === 'finished' ? [[one.node, decodeModel(one.model)]] : []
    )
  )
}

export function assertNear(found: readonly number[] | undefined, expected: readonly number[]): void {
  assert.equal(found?.length, expected.length)

  for (const [at, value] of (found ?? []).entries()) {
    assert.ok(Math.abs(value - (expected[at] ?? NaN)) < 1e-9, `${value} is not ${expected[at]}`)
  }
}

/** Solves a x = b by elimination; the largest of a column goes first. */
export function solve(a: readonly number[][], b: readonly number[]): number[] {
  const rows = a.map((row, at) => [...row, b[at] ?? 0])

  for (let column = 0; column < rows.length; column++) {
    const below = rows.slice(column).sort((p, q) => Math.abs(q[column] ?? 0) - Math.abs(p[column] ?? 0))

    rows.splice(column, below.length, ...below)

    const pivot = rows[column] ?? []

    for (const [at, row] of rows.entries()) {
      if (at !== column) {
        const factor = (row[column] ?? 0) / (pivot[column] ?? NaN)

        rows[at] = row.map((value, index) => value - factor * (pivot[index] ?? 0))
      }
    }
  }

  return rows.map((row, at) => (row.at(-1) ?? NaN) / (row[at] ?? NaN))
}

function lossOf(losses: Map<string, Loss>, node: string): Loss {
  const loss = losses.get(node)

  assert.ok(loss != null)

  return loss
}
