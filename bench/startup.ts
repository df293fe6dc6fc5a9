/** How long a user waits: for a node that listens, and for its first link on a LAN. */
import { LanRunner, lanUnavailable } from '../test/support/lan-runner.ts'
import { FIRST_LINK } from './startup/first-link.ts'
import { measureReady } from './startup/ready.ts'
import type { Benchmark, BenchmarkOptions, Figure } from './benchmark.ts'

/** NEBULA's documentation has a node search for its federation for so long. */
const REFERENCE_SEARCH_MS = 9_000

export const startup: Benchmark = {
  name: 'startup',
  async run(options) {
    const figures = await measureReady(options.quick ? 1 : 15)
    const unavailable = lanUnavailable()

    if (unavailable !== false) {
      process.stderr.write(`startup/first-link is not measured: ${unavailable}\n`)

      return figures
    }

    return [...figures, await measureFirstLink(options)]
  }
}

async function measureFirstLink({ quick }: BenchmarkOptions): Promise<Figure> {
  const runner = new LanRunner(new URL(`startup/first-link.ts?runs=${quick ? 1 : 10}`, import.meta.url))

  try {
    return {
      name: 'startup/first-link',
      unit: 'ms',
      ours: (await runner.result(FIRST_LINK)) as number[],
      peer: [REFERENCE_SEARCH_MS],
      peerName: 'NEBULA search, by its documentation',
      aim: { of: 'ours', below: 2_000 }
    }
  } finally {
    await runner.stop()
  }
}
