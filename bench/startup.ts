/** How long a user waits: for a node that listens, for its first link on a LAN, and for a whole mesh. */
import { LanRunner, lanUnavailable } from '../test/support/lan-runner.ts'
import { FIRST_LINK } from './startup/first-link.ts'
import { HOST_NODES, LAN_NODES, ON_HOST, ON_LAN } from './startup/mesh.ts'
import { measureReady } from './startup/ready.ts'
import type { Benchmark, BenchmarkOptions, Figure } from './benchmark.ts'

/** NEBULA's documentation has a node search for its federation for so long. */
const REFERENCE = { unit: 'ms', peer: [9_000], peerName: 'NEBULA search, by its documentation' }

export const startup: Benchmark = {
  name: 'startup',
  async run(options) {
    const figures = await measureReady(options.quick ? 1 : 15)
    const unavailable = lanUnavailable()

    if (unavailable !== false) {
      process.stderr.write(`startup/first-link and startup/mesh are not measured: ${unavailable}\n`)

      return figures
    }

    return [...figures, await measureFirstLink(options), ...(await measureMesh(options))]
  }
}

async function measureFirstLink({ quick }: BenchmarkOptions): Promise<Figure> {
  return await onLan(`first-link.ts?runs=${quick ? 1 : 10}`, async (runner) => ({
    ...REFERENCE,
    name: 'startup/first-link',
    ours: (await runner.result(FIRST_LINK)) as number[],
    aim: { of: 'ours', below: 2_000 }
  }))
}

async function measureMesh({ quick }: BenchmarkOptions): Promise<Figure[]> {
  const runs = quick ? { lan: 1, host: 1 } : { lan: 10, host: 5 }

  return await onLan(`mesh.ts?lan=${runs.lan}&host=${runs.host}`, async (runner) => [
    {
      ...REFERENCE,
      name: `startup/mesh-of-${LAN_NODES}-on-lan`,
      ours: (await runner.result(ON_LAN)) as number[],
      aim: { of: 'ours', below: 3_000 }
    },
    {
      ...REFERENCE,
      name: `startup/mesh-of-${HOST_NODES}-on-host`,
      ours: (await runner.result(ON_HOST)) as number[]
    }
  ])
}

/** @param module - of scenarios, in `startup/` */
async function onLan<T>(module: string, measure: (runner: LanRunner) => Promise<T>): Promise<T> {
  const runner = new LanRunner(new URL(`startup/${module}`, import.meta.url))

  try {
    return await measure(runner)
  } finally {
    await runner.stop()
  }
}
