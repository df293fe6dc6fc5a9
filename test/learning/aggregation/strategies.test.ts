import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import {
  fedAvg,
  krum,
  median,
  multiKrum,
  NotEnoughUpdatesError,
  trimmedMean
} from '../../../src/learning/aggregation/index.ts'
import { aggregated, updatesOf, valuesOf } from './support.ts'

const value = fc.double({ noNaN: true, min: -1e6, max: 1e6 })
/** 1 to 12 models of some values each. */
const models = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 5 }))
  .chain(([count, length]) =>
    fc.array(fc.array(value, { minLength: length, maxLength: length }), {
      minLength: count,
      maxLength: count
    })
  )

function column(all: readonly number[][], at: number): number[] {
  return all.map((one) => one[at] ?? 0).sort((a, b) => a - b)
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0) / values.length
}

function assertClose(found: readonly number[], expected: readonly number[]): void {
  assert.equal(found.length, expected.length)

  for (const [at, one] of found.entries()) {
    assert.ok(Math.abs(one - (expected[at] ?? NaN)) <= 1e-6, `${one} is not ${expected[at]}`)
  }
}

describe('FedAvg', () => {
  it('is the mean, weighted by the samples', async () => {
    assertClose(await valuesOf(fedAvg(), [[1, 10], [5, 20]], [3, 1]), [2, 12.5]) // prettier-ignore
    assertClose(await valuesOf(fedAvg(), [[1], [5]], [3n, 1n]), [2])
    assert.deepEqual(await valuesOf(fedAvg(), [[0.1, -7]], [12]), [0.1, -7])
  })

  it('lies between the least and the greatest value', async () => {
    await fc.assert(
      fc.asyncProperty(models, fc.infiniteStream(fc.integer({ min: 1, max: 1_000 })), async (all, chance) => {
        const samples = all.map(() => chance.next().value ?? 1)
        const result = await valuesOf(fedAvg(), all, samples)

        for (const [at, one] of result.entries()) {
          const sorted = column(all, at)

          assert.ok(one >= (sorted[0] ?? 0) - 1e-6 && one <= (sorted.at(-1) ?? 0) + 1e-6)
        }
      })
    )
  })

  it('counts nothing of an update whose samples are no number, negative, or too many to count', async () => {
    for (const samples of [NaN, -1, -5n, Infinity, 2 ** 60, 2n ** 63n - 1n]) {
      const { report, tensors } = await aggregated(
        fedAvg(),
        await updatesOf([[1], [2], [1_000]], [1, 1, samples])
      )

      assert.deepEqual([...(tensors.get('w') as Float64Array)], [1.5])
      assert.deepEqual(
        report.updates.map(({ id, share, note }) => [id, share, note]),
        [
          ['a', 0.5, undefined],
          ['b', 0.5, undefined],
          ['c', 0, 'invalid-samples']
        ]
      )
    }
  })

  it('says which update has no samples', async () => {
    const { report } = await aggregated(fedAvg(), await updatesOf([[1], [2]], [0, 1]))

    assert.deepEqual(
      report.updates.map(({ share, note }) => [share, note]),
      [
        [0, 'no-samples'],
        [1, undefined]
      ]
    )
  })

  it('limits an update that claims many times the samples of the others', async () => {
    const all = await updatesOf([[0], [0], [0], [0], [1]], [10, 10, 10, 10, 1e12])
    const { report, tensors } = await aggregated(fedAvg({ maxWeightRatio: 4 }), all)

    assertClose([...(tensors.get('w') as Float64Array)], [0.5])
    assert.deepEqual(report.updates[4]?.note, 'limited')
    assertClose(
      report.updates.map(({ share }) => share),
      [0.125, 0.125, 0.125, 0.125, 0.5]
    )
  })

  it('fails when no update counts', async () => {
    await assert.rejects(valuesOf(fedAvg(), [[1], [2]], [0, NaN]), NotEnoughUpdatesError)
    await assert.rejects(aggregated(fedAvg(), []), NotEnoughUpdatesError)
  })
})

describe('median', () => {
  it('is the middle value, or the mean of the two middle ones', async () => {
    await fc.assert(
      fc.asyncProperty(models, async (all) => {
        const expected = (all[0] ?? []).map((_, at) => {
          const sorted = column(all, at)

          return mean(sorted.slice((sorted.length - 1) >> 1, (sorted.length >> 1) + 1))
        })

        assertClose(await valuesOf(median(), all), expected)
      })
    )
  })

  it('is one of the values where their number is odd', async () => {
    assert.deepEqual(await valuesOf(median(), [[0.1], [0.3], [0.2]]), [0.2])
  })
})

describe('trimmed mean', () => {
  it('is the mean without the least and the greatest', async () => {
    await fc.assert(
      fc.asyncProperty(models, fc.double({ min: 0, max: 0.49, noNaN: true }), async (all, beta) => {
        const out = Math.floor(all.length * beta)
        const expected = (all[0] ?? []).map((_, at) => mean(column(all, at).slice(out, all.length - out)))

        assertClose(await valuesOf(trimmedMean({ beta }), all), expected)
      })
    )
  })

  it('says how many made-up updates it tolerates', async () => {
    const all = await updatesOf([[1], [2], [3], [4], [1e9]])

    assert.equal((await aggregated(trimmedMean(), all)).report.tolerated, 1)
    assert.equal((await aggregated(trimmedMean(), all.slice(0, 4))).report.tolerated, 0)
    assert.equal((await aggregated(median(), all)).report.tolerated, 2)
    assert.equal((await aggregated(fedAvg(), all)).report.tolerated, 0)
  })
})

describe('Krum', () => {
  const HONEST = [[1, 1], [1.1, 1], [1, 1.1], [0.9, 1.05]] // prettier-ignore

  it('takes one update of those that are near each other', async () => {
    const { report, tensors } = await aggregated(krum(), await updatesOf([...HONEST, [50, -50]]))
    const selected = report.updates.filter(({ share }) => share > 0)

    assert.equal(selected.length, 1)
    assert.notEqual(selected[0]?.id, 'e')
    assert.ok(HONEST.some((one) => String(one) === String([...(tensors.get('w') as Float64Array)])))
  })

  it('multi-Krum is the mean of all but those that are furthest', async () => {
    const { report, tensors } = await aggregated(multiKrum(), await updatesOf([...HONEST, [50, -50]]))

    assertClose([...(tensors.get('w') as Float64Array)], [1, 1.0375])
    assert.deepEqual(
      report.updates.map(({ share }) => share),
      [0.25, 0.25, 0.25, 0.25, 0]
    )
  })

  it('is not moved by f updates that agree with each other', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        value.filter((one) => Math.abs(one) > 10),
        async (f, attack) => {
          const honest = Array.from({ length: f + 3 }, (_, at) => [1 + at / 100, 2 - at / 100])
          const all = [...honest, ...Array.from({ length: f }, () => [attack, attack])]
          const result = await valuesOf(multiKrum({ f }), all)

          assert.ok(result.every((one) => one >= 1 && one <= 2))
        }
      )
    )
  })

  it('tolerates fewer where fewer come, and needs three', async () => {
    const tolerated = async (count: number): Promise<number> => {
      const all = Array.from({ length: count }, (_, at) => [at])

      return (await aggregated(multiKrum({ f: 2 }), await updatesOf(all))).report.tolerated
    }

    assert.deepEqual(
      await Promise.all([3, 4, 5, 6, 7, 8].map(async (count) => tolerated(count))),
      [0, 0, 1, 1, 2, 2]
    )
    await assert.rejects(tolerated(2), { name: 'NotEnoughUpdatesError', needed: 3, found: 2 })
  })

  it('takes the mean of m', async () => {
    const { report } = await aggregated(multiKrum({ m: 2 }), await updatesOf([...HONEST, [50, -50]]))

    assert.equal(report.updates.filter(({ share }) => share === 0.5).length, 2)
  })
})

describe('options that make no sense', () => {
  it('are refused', () => {
    for (const make of [
      () => fedAvg({ maxWeightRatio: 0 }),
      () => fedAvg({ maxWeightRatio: NaN }),
      () => trimmedMean({ beta: 0.5 }),
      () => trimmedMean({ beta: -0.1 }),
      () => trimmedMean({ beta: NaN }),
      () => krum({ f: -1 }),
      () => krum({ f: 0.5 }),
      () => multiKrum({ m: 0 })
    ]) {
      assert.throws(make, RangeError)
    }
  })
})
