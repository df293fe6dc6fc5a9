import { setMaxListeners } from '@libp2p/interface'
import { anySignal } from 'any-signal'
import { Lifetime } from '../../lib/lifetime.ts'
import { systemClock } from '../../lib/clock.ts'
import { pause } from '../../lib/wait-for.ts'
import { rejectWithErrors } from '../../lib/reject-with-errors.ts'
import { HISTORY_SIZE, MODEL_INTERVAL_MS, PROPAGATION_INTERVAL_MS } from './constants.ts'
import { UnknownStrategyError } from './errors.ts'
import { initialization } from './initialization.ts'
import { NeighbourStates } from './neighbour-states.ts'
import { stable } from './stable.ts'
import { StatusHistory } from './status-history.ts'
import { StrategyRunner } from './strategy-runner.ts'
import type { StrategyRunnerComponents } from './strategy-runner.ts'
import type {
  ModelInformation,
  PropagateOptions,
  Propagation,
  PropagationResult,
  PropagationRun,
  PropagationStrategy,
  RunOptions
} from './types.ts'
import type { Clock } from '../../lib/clock.ts'
import type { EngineClient } from '../../engine/index.ts'
import type { ModelDelivery } from '../../models/types.ts'
import type { PeerId, Startable } from '@libp2p/interface'

export type PropagatorComponents = Pick<StrategyRunnerComponents, 'linkManager' | 'models' | 'logger'>

export interface PropagatorInit {
  engine: EngineClient
  clock?: Clock
  /** Milliseconds between two cycles of `run`. @default 1_000 */
  interval?: number
  /** Milliseconds between two neighbours of a cycle. @default 0 */
  modelInterval?: number
  /** Cycles without a change after which `run` gives up. @default 20 */
  historySize?: number
  /** Strategies beside the seed's two. @default none */
  strategies?: PropagationStrategy[]
}

/** Sends this node's model to the neighbours that are to have it, by the rules of a strategy. */
export class Propagator implements Propagation, Startable {
  readonly #components: PropagatorComponents
  readonly #engine: EngineClient
  readonly #clock: Clock
  readonly #interval: number
  readonly #modelInterval: number
  readonly #historySize: number
  readonly #states = new NeighbourStates()
  readonly #strategies = new Map<string, PropagationStrategy>()
  readonly #runners = new WeakMap<PropagationStrategy, StrategyRunner>()
  readonly #lifetime = new Lifetime()

  constructor(components: PropagatorComponents, init: PropagatorInit) {
    this.#components = components
    this.#engine = init.engine
    this.#clock = init.clock ?? systemClock
    this.#interval = init.interval ?? PROPAGATION_INTERVAL_MS
    this.#modelInterval = init.modelInterval ?? MODEL_INTERVAL_MS
    this.#historySize = init.historySize ?? HISTORY_SIZE

    for (const strategy of [initialization, stable, ...(init.strategies ?? [])]) {
      this.register(strategy)
    }
  }

  start(): void {
    this.#lifetime.start()
  }

  /** Ends every propagation that is under way. */
  stop(): void {
    this.#lifetime.stop()
  }

  register(strategy: PropagationStrategy): void {
    this.#strategies.set(strategy.name, strategy)
  }

  async propagate(
    strategy: string | PropagationStrategy,
    { anew, signal }: PropagateOptions = {}
  ): Promise<PropagationResult> {
    return this.#until(signal, async (both) => this.#runner(strategy).cycle({ anew, signal: both }))
  }

  async run(strategy: string | PropagationStrategy, options: RunOptions = {}): Promise<PropagationRun> {
    const runner = this.#runner(strategy)
    const history = new StatusHistory(this.#historySize)
    const sent: ModelDelivery[] = []

    return this.#until(options.signal, async (signal) => {
      for (let cycles = 1; ; cycles++) {
        const result = await runner.cycle({ anew: options.anew === true && cycles === 1, signal })

        sent.push(...result.sent)
        options.onCycle?.(result)

        await this.#engine.refresh()

        let end = this.#end(runner, history)

        if (end == null) {
          await pause(this.#clock, this.#interval, signal)
          await this.#engine.refresh()
          end = this.#engine.finished ? 'finished' : undefined
        }

        if (end != null) {
          return { ...result, sent, end, cycles }
        }
      }
    })
  }

  async getModelInformation(
    peer: PeerId,
    wanted?: string | PropagationStrategy
  ): Promise<ModelInformation | undefined> {
    await this.#engine.refresh()

    const strategy = wanted ?? ((this.#engine.round ?? 0) > 0 ? stable : initialization)
    const { links } = this.#components.linkManager
    const model = await this.#until(undefined, async (signal) =>
      this.#runner(strategy).prepare(links.get(peer), signal)
    )
    const nNeighbors = links.select({ onlyDirect: true }).length

    return model && { ...model, ...(await this.#engine.training()), nNeighbors }
  }

  /** Why a propagation does not go on. */
  #end(runner: StrategyRunner, history: StatusHistory): PropagationRun['end'] | undefined {
    if (this.#engine.finished) {
      return 'finished'
    }

    const status = runner.status()

    return status == null ? 'done' : history.add(status) ? 'unchanged' : undefined
  }

  /** Runs a task that ends with the caller's signal, and with this part. */
  async #until<T>(own: AbortSignal | undefined, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const signal = anySignal([own, this.#lifetime.signal])

    setMaxListeners(Infinity, signal)

    try {
      return await task(signal)
    } finally {
      signal.clear()
    }
  }

  #runner(strategy: string | PropagationStrategy): StrategyRunner {
    const chosen = typeof strategy === 'string' ? this.#strategies.get(strategy) : strategy

    if (chosen == null) {
      throw new UnknownStrategyError(typeof strategy === 'string' ? strategy : strategy.name)
    }

    const runner =
      this.#runners.get(chosen) ??
      new StrategyRunner(
        chosen,
        { ...this.#components, states: this.#states },
        { engine: this.#engine, clock: this.#clock, modelInterval: this.#modelInterval }
      )

    this.#runners.set(chosen, runner)

    return runner
  }
}

rejectWithErrors<Propagation>(Propagator.prototype, { propagate: true, run: true, getModelInformation: true })
