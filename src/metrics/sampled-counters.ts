import { METRICS_SAMPLE_INTERVAL_MS } from './constants.ts'
import type { Clock, Timer } from '../lib/clock.ts'
import type { Metrics, Startable } from '@libp2p/interface'

interface Sampled {
  read(): Record<string, number>
  add(label: string, count: number): void
  last: Map<string, number>
}

/**
 * Counters that follow counts which the parts keep anyway. libp2p's metrics
 * take a counter's calculated value for an increase with one implementation
 * and for the whole with another, and an increase for each message would cost
 * more than the message.
 */
export class SampledCounters implements Startable {
  readonly #metrics: Metrics
  readonly #clock: Clock
  readonly #counters: Sampled[] = []
  #timer?: Timer

  constructor(metrics: Metrics, clock: Clock) {
    this.#metrics = metrics
    this.#clock = clock
  }

  /** Follows one count, which only grows. */
  counter(name: string, help: string, read: () => number): void {
    const counter = this.#metrics.registerCounter(name, { help })

    this.#counters.push({
      read: () => ({ '': read() }),
      add: (_, count) => counter.increment(count),
      last: new Map()
    })
  }

  /** Follows counts by label, each of which only grows. */
  group(name: string, help: string, label: string, read: () => Record<string, number>): void {
    const counter = this.#metrics.registerCounterGroup(name, { help, label })

    this.#counters.push({ read, add: (key, count) => counter.increment({ [key]: count }), last: new Map() })
  }

  start(): void {
    this.#timer ??= this.#clock.setTimeout(this.#tick, METRICS_SAMPLE_INTERVAL_MS)
  }

  stop(): void {
    this.#timer?.clear()
    this.#timer = undefined
    this.#sample()
  }

  readonly #tick = (): void => {
    this.#timer = this.#clock.setTimeout(this.#tick, METRICS_SAMPLE_INTERVAL_MS)
    this.#sample()
  }

  #sample(): void {
    for (const { read, add, last } of this.#counters) {
      for (const [label, count] of Object.entries(read())) {
        const increase = count - (last.get(label) ?? 0)

        if (increase > 0) {
          last.set(label, count)
          add(label, increase)
        }
      }
    }
  }
}
