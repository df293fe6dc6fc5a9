/**
 * A soak: `npm run soak [-- --minutes 20]`. Five nodes, each in a process of
 * its own, under a mixed load. Exits with 1 when the memory, the handles, the
 * streams or the timers of a node that lives through all of it are not flat.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Federation } from '../faults/support/federation.ts'
import { Load } from './load.ts'
import { trends, trendTable } from './figures.ts'
import type { FederationNode } from '../faults/support/federation-node.ts'
import type { ConfigInput } from '../../src/config/index.ts'
import type { Sample } from './figures.ts'

const NODES = 5
const SAMPLES = 120

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '20' } } })
const minutes = Number(values.minutes)

if (!(minutes > 0)) {
  process.stderr.write('--minutes takes a number above 0\n')
  process.exit(2)
}

/** What expires does so well within the soak, and shows if it does not. */
const CONFIG: ConfigInput = {
  messages: { seenTtl: 30_000 },
  models: { modelTtl: 10_000 },
  restrictions: { recentlyDisconnectedTtl: 1_000 }
}

const directory = mkdtempSync(join(tmpdir(), 'nebula-soak-'))
const configs = Array.from({ length: NODES }, (_, index) => ({
  ...CONFIG,
  dataDir: join(directory, String(index))
}))

try {
  process.exitCode = await soak(minutes * 60_000)
} finally {
  rmSync(directory, { recursive: true, force: true })
}

async function soak(durationMs: number): Promise<number> {
  const federation = await Federation.start({ nodes: NODES, config: (index) => configs[index] ?? {} })
  const steady = federation.nodes.slice(0, -1)
  const load = new Load(federation, configs.at(-1) ?? {})
  const samples: Sample[][] = steady.map(() => [])

  try {
    const loaded = load.run()

    for (let taken = 0; taken < SAMPLES; taken++) {
      await Promise.race([sleep(durationMs / SAMPLES), loaded])
      const now = await Promise.all(steady.map(sampleOf))

      now.forEach((sample, index) => samples[index]?.push(sample))
      process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), samples: now })}\n`)
    }

    load.end()
    await loaded
    await load.stop()
    await Promise.all(steady.map(async (node) => node.stop()))
  } finally {
    federation.kill()
  }

  process.stdout.write(`${JSON.stringify(load.report)}\n`)
  const all = samples.map((ofNode) => trends(ofNode))

  all.forEach((ofNode, index) => process.stdout.write(`\n${trendTable(`node ${index}`, ofNode)}`))

  const warned = steady.filter(({ output }) => output.stderr !== '')

  warned.forEach(({ label, output }) => process.stdout.write(`\n${label} said: ${output.stderr}\n`))

  return all.flat().every(({ flat }) => flat) && warned.length === 0 ? 0 : 1
}

async function sampleOf(node: FederationNode): Promise<Sample> {
  const [{ inUse, rss }, { connections, streams, resources }] = await Promise.all([
    node.call('memory', { collect: true }),
    node.call('open')
  ])

  return {
    inUse,
    rss,
    files: readdirSync(`/proc/${node.pid}/fd`).length,
    timers: resources.Timeout ?? 0,
    resources: sum(resources),
    connections,
    streams: sum(streams)
  }
}

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0)
}
