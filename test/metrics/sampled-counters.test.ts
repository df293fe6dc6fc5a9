import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { METRICS_SAMPLE_INTERVAL_MS } from '../../src/metrics/constants.ts'
import { SampledCounters } from '../../src/metrics/sampled-counters.ts'
import { ManualClock } from '../support/manual-clock.ts'
import type { Metrics } from '@libp2p/interface'

/** What was added to each counter, by its name and label. */
class Recorder {
  readonly totals = new Map<string, number>()

  #add(name: string, count: number): void {
    this.totals.set(name, (this.totals.get(name) ?? 0) + count)
  }

  readonly metrics = {
    registerCounter: (name: string) => ({ increment: (count: number) => this.#add(name, count) }),
    registerCounterGroup: (name: string) => ({
      increment: (counts: Record<string, number>) => {
        for (const [label, count] of Object.entries(counts)) {
          this.#add(`${name} ${label}`, count)
        }
      }
    })
  } as unknown as Metrics
}

describe('sampled counters', () => {
  it('add what has come since the last sample, and nothing twice', async () => {
    const recorder = new Recorder()
    const clock = new ManualClock()
    const sampled = new SampledCounters(recorder.metrics, clock)
    const counts: Record<string, number> = { a: 3 }
    let total = 5

    sampled.counter('total', 'help', () => total)
    sampled.group('by', 'help', 'kind', () => counts)
    sampled.start()
    await clock.advance(METRICS_SAMPLE_INTERVAL_MS)
    assert.deepEqual(Object.fromEntries(recorder.totals), { total: 5, 'by a': 3 })

    await clock.advance(METRICS_SAMPLE_INTERVAL_MS)
    assert.deepEqual(Object.fromEntries(recorder.totals), { total: 5, 'by a': 3 })

    total = 7
    counts['b'] = 1
    await clock.advance(METRICS_SAMPLE_INTERVAL_MS)
    assert.deepEqual(Object.fromEntries(recorder.totals), { total: 7, 'by a': 3, 'by b': 1 })
  })

  it('take a last sample when stopped, and leave no timer', () => {
    const recorder = new Recorder()
    const clock = new ManualClock()
    const sampled = new SampledCounters(recorder.metrics, clock)

    sampled.counter('total', 'help', () => 2)
    sampled.start()
    sampled.start()
    sampled.stop()
    assert.equal(recorder.totals.get('total'), 2)
    assert.equal(clock.pending, 0)
  })
})
