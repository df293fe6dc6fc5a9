/**
 * Measures: `npm run bench [-- NAME...] [--quick] [--json]`.
 *
 * Each file of this directory that is listed below gives figures, each beside a
 * peer's from the same run. The exit code tells whether they could be measured,
 * not whether they are good.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { aggregation } from './aggregation.ts'
import { flood } from './flood.ts'
import { line } from './line.ts'
import { memory } from './memory.ts'
import { messages } from './messages.ts'
import { seen } from './seen.ts'
import { startup } from './startup.ts'
import { summarise } from './summary.ts'
import { table } from './table.ts'
import { throughput } from './throughput.ts'
import { urgent } from './urgent.ts'
import { wire } from './wire.ts'
import type { Benchmark } from './benchmark.ts'
import type { Summary } from './summary.ts'

const BENCHMARKS: Benchmark[] = [
  startup,
  throughput,
  messages,
  flood,
  line,
  wire,
  memory,
  seen,
  urgent,
  aggregation
]
const RESULTS = join(import.meta.dirname, 'results')

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } }
})
const unknown = positionals.filter((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name))

if (unknown.length > 0) {
  process.stderr.write(
    `no benchmark ${unknown.join(', ')}; there are ${BENCHMARKS.map(({ name }) => name).join(', ')}\n`
  )
  process.exit(2)
}

const summaries: Summary[] = []

for (const benchmark of BENCHMARKS) {
  if (positionals.length === 0 || positionals.includes(benchmark.name)) {
    summaries.push(...(await measure(benchmark)))
  }
}

if (!values.json) {
  process.stdout.write(table(summaries))
}

async function measure({ name, run }: Benchmark): Promise<Summary[]> {
  const figures = (await run({ quick: values.quick })).map(summarise)
  const lines = figures.map((figure) => `${JSON.stringify(figure)}\n`).join('')

  mkdirSync(RESULTS, { recursive: true })
  writeFileSync(join(RESULTS, `${name}.jsonl`), lines)

  if (values.json) {
    process.stdout.write(lines)
  }

  return figures
}
