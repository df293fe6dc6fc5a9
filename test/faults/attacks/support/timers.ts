import { until } from '../../support/until.ts'
import type { Federation } from '../../support/federation.ts'

/** Rates are counted by the minute, for each peer with a timer. */
const TIMERS_MS = 70_000

/** Timers that run now and then, and ran or did not when the others were counted. */
const MAX_MORE_TIMERS = 10

/** Timers that keep the process of each node alive. */
export async function timersOf({ nodes }: Federation): Promise<number[]> {
  return Promise.all(nodes.map(async (node) => (await node.call('open')).resources.Timeout ?? 0))
}

/** Waits until no node has more timers than it had. */
export async function untilTimersAreGone(federation: Federation, before: number[]): Promise<void> {
  let now: number[] = []

  await until(
    async () => {
      now = await timersOf(federation)

      return now.every((count, i) => count <= (before[i] ?? 0) + MAX_MORE_TIMERS)
    },
    () => `no more timers than before, ${before.join()}, but there are ${now.join()}`,
    TIMERS_MS
  )
}
