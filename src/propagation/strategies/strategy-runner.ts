import { raceSignal } from 'race-signal'
import { LearningFinishedError } from '../../messages/errors.ts'
import { firstError, sendToEach } from '../../lib/settle-all.ts'
import type { Edition, NeighbourStates } from './neighbour-states.ts'
import type { ModelPayload, PropagationContext, PropagationResult, PropagationStrategy } from './types.ts'
import type { Clock } from '../../lib/clock.ts'
import type { EngineClient } from '../../engine/index.ts'
import type { Link, LinkManager } from '../../links/index.ts'
import type { Models } from '../../models/index.ts'
import type { ModelDelivery, ModelInfo } from '../../models/types.ts'
import type { ComponentLogger, Logger } from '@libp2p/interface'

export interface StrategyRunnerComponents {
  linkManager: Pick<LinkManager, 'links'>
  models: Pick<Models, 'list' | 'create' | 'send'>
  states: NeighbourStates
  logger: ComponentLogger
}

export interface StrategyRunnerInit {
  engine: EngineClient
  clock: Clock
  /** Milliseconds between two neighbours of a cycle. */
  modelInterval: number
}

export interface CycleOptions {
  /** Whether to make the model again, and to send it to all. */
  anew?: boolean
  signal: AbortSignal
}

/** The cycles of one strategy, one after the other: two at once would send twice. */
export class StrategyRunner {
  readonly #strategy: PropagationStrategy
  readonly #components: StrategyRunnerComponents
  readonly #init: StrategyRunnerInit
  readonly #log: Logger
  #edition?: Edition
  #last: Promise<unknown> = Promise.resolve()

  constructor(strategy: PropagationStrategy, components: StrategyRunnerComponents, init: StrategyRunnerInit) {
    this.#strategy = strategy
    this.#components = components
    this.#init = init
    this.#log = components.logger.forComponent('nebula:propagator')
  }

  /** One cycle, as soon as earlier ones are over. */
  async cycle(options: CycleOptions): Promise<PropagationResult> {
    const over = Promise.withResolvers<void>()
    const earlier = this.#last

    this.#last = Promise.all([earlier, over.promise])

    try {
      await raceSignal(earlier, options.signal)

      return await this.#cycle(options)
    } finally {
      over.resolve()
    }
  }

  /** Who is to be sent something now, as a text that changes with them; `undefined` when it is nobody. */
  status(): string | undefined {
    const context = this.#context()
    const edition = this.#currentEdition(context)
    const waiting = this.#eligible(context, edition)

    if (edition == null || waiting.length === 0) {
      return undefined
    }

    const lines = waiting.map((link) => {
      const { peer, ready, round, outcome } = this.#components.states.describe(link, this.#strategy, edition)

      return `${peer} ${ready} ${round} ${outcome}`
    })

    return [edition.round, ...lines.sort()].join('\n')
  }

  /** The model and its round; `undefined` when there is none, or none for the neighbour at the end of `link`. */
  async prepare(
    link: Link | undefined,
    signal: AbortSignal
  ): Promise<(ModelPayload & { round: number }) | undefined> {
    const context = this.#context(signal)
    const edition = this.#currentEdition(context)

    if (edition == null || (link?.direct === true && !this.#isEligible(link, context, edition))) {
      return undefined
    }

    const payload = await this.#prepare(context, signal)

    return payload && { ...payload, round: edition.round }
  }

  async #cycle({ anew = false, signal }: CycleOptions): Promise<PropagationResult> {
    await raceSignal(this.#init.engine.refresh(), signal)

    if (this.#init.engine.finished) {
      throw new LearningFinishedError()
    }

    if (anew) {
      this.#edition = undefined
    }

    const context = this.#context(signal)
    const edition = this.#currentEdition(context)
    const neighbours = this.#neighbours()
    const eligible = this.#eligible(context, edition)
    const model =
      edition == null || eligible.length === 0 ? undefined : await this.#model(edition, context, signal)

    if (edition == null || model == null) {
      return { sent: [], failed: [], skipped: neighbours.map(({ peer }) => peer) }
    }

    const { modelInterval: interval, clock } = this.#init
    const failed: PropagationResult['failed'] = []
    const deliveries = await sendToEach(
      eligible,
      async (link) =>
        this.#send(link, edition, model, signal).catch((error: Error) => {
          failed.push({ peer: link.peer, error })
        }),
      { clock, interval, signal }
    )

    signal.throwIfAborted()

    const sent = deliveries.filter((delivery) => delivery != null)
    const skipped = neighbours.filter((link) => !eligible.includes(link)).map(({ peer }) => peer)

    this.#log('%s: %d neighbours reached, %d not', this.#strategy.name, sent.length, failed.length)

    return { model, sent, failed, skipped }
  }

  async #send(link: Link, edition: Edition, model: ModelInfo, signal: AbortSignal): Promise<ModelDelivery> {
    const { models, states } = this.#components

    try {
      const [delivery] = await models.send([link.peer], model, { signal })

      if (delivery == null) {
        throw new Error('The model was sent to nobody')
      }

      states.offered(link, this.#strategy, edition, delivery.outcome)

      return delivery
    } catch (err) {
      throw firstError(err)
    }
  }

  /** The model of the edition, made when it has not been, or is no longer kept. */
  async #model(
    edition: Edition,
    context: PropagationContext,
    signal: AbortSignal
  ): Promise<ModelInfo | undefined> {
    const { models } = this.#components
    const { model } = edition

    if (model != null && models.list().some(({ id }) => id === model.id)) {
      return model
    }

    const payload = await this.#prepare(context, signal)

    if (payload == null) {
      return undefined
    }

    edition.model = await models.create({ ...payload, round: edition.round }, { signal })

    return edition.model
  }

  async #prepare(context: PropagationContext, signal: AbortSignal): Promise<ModelPayload | undefined> {
    const prepared = this.#init.engine.within('modelParameters', this.#strategy.prepare(context))

    return raceSignal(prepared, signal)
  }

  #currentEdition(context: PropagationContext): Edition | undefined {
    const round = this.#strategy.round(context)

    if (round == null) {
      return undefined
    }

    if (this.#edition?.round !== round) {
      this.#edition = { round }
    }

    return this.#edition
  }

  #eligible(context: PropagationContext, edition: Edition | undefined): Link[] {
    return edition == null
      ? []
      : this.#neighbours().filter((link) => this.#isEligible(link, context, edition))
  }

  #isEligible(link: Link, context: PropagationContext, edition: Edition): boolean {
    return this.#strategy.isEligible(this.#components.states.describe(link, this.#strategy, edition), context)
  }

  #neighbours(): Link[] {
    return this.#components.linkManager.links.select({ onlyDirect: true })
  }

  #context(signal?: AbortSignal): PropagationContext {
    const { engine } = this.#init

    return { engine: engine.engine, round: engine.round, signal }
  }
}
