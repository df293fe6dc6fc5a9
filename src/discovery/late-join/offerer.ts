import { QueueFullError } from '@libp2p/utils'
import { equals } from 'uint8arrays/equals'
import { createMessage } from '../../messages/index.ts'
import { INITIALIZATION_ROUND } from '../../models/constants.ts'
import { encodeOffer } from '../../models/model-message.ts'
import { systemClock } from '../../lib/clock.ts'
import { KeyedLimiter } from '../../lib/keyed-limiter.ts'
import { perMinute } from '../../lib/token-bucket.ts'
import { MAX_OFFERS_PER_MINUTE } from './constants.ts'
import type { Clock } from '../../lib/clock.ts'
import type { EngineClient } from '../../engine/index.ts'
import type { ReceivedMessage } from '../../interface.ts'
import type { LinkManager } from '../../links/index.ts'
import type { Messenger } from '../../messages/index.ts'
import type { Models } from '../../models/index.ts'
import type { ModelInfo } from '../../models/types.ts'
import type { ModelInformation, Propagation } from '../../propagation/strategies/types.ts'
import type { ComponentLogger, Logger, PeerId, Startable } from '@libp2p/interface'

export interface OffererComponents {
  linkManager: Pick<LinkManager, 'links'>
  messenger: Pick<Messenger, 'send' | 'addEventListener' | 'removeEventListener'>
  models: Pick<Models, 'create' | 'list' | 'send'>
  propagator: Pick<Propagation, 'getModelInformation'>
  logger: ComponentLogger
}

export interface OffererInit {
  clock?: Clock
  engine: EngineClient
  /** Whether to answer at all. @default true */
  offers?: boolean
  /** @default 4 */
  maxOffersPerMinute?: number
}

/** Answers nodes that look for neighbours: `discover_join` with the model, `discover_nodes` with metrics. */
export class Offerer implements Startable {
  readonly #components: OffererComponents
  readonly #engine: EngineClient
  readonly #enabled: boolean
  readonly #rate: KeyedLimiter
  readonly #log: Logger
  /** The offer made last; as long as it says the same, all get the same. */
  #last?: { details: Uint8Array; model: Promise<ModelInfo> }

  constructor(components: OffererComponents, init: OffererInit) {
    this.#components = components
    this.#engine = init.engine
    this.#enabled = init.offers ?? true
    this.#rate = new KeyedLimiter(
      init.clock ?? systemClock,
      perMinute(init.maxOffersPerMinute ?? MAX_OFFERS_PER_MINUTE)
    )
    this.#log = components.logger.forComponent('nebula:offerer')
  }

  start(): void {
    if (this.#enabled) {
      this.#components.messenger.addEventListener('message', this.#onMessage)
    }
  }

  stop(): void {
    this.#components.messenger.removeEventListener('message', this.#onMessage)
    this.#last = undefined
  }

  readonly #onMessage = ({ detail: { source, message } }: CustomEvent<ReceivedMessage>): void => {
    if (message.type !== 'discover') {
      return
    }

    this.#answer(source, message.action).catch((err: Error) => {
      this.#log('%p was made no offer - %e', source, err)
    })
  }

  async #answer(peer: PeerId, asked: string): Promise<void> {
    const { engine } = this.#engine

    if (!this.#components.linkManager.links.has(peer)) {
      return
    }

    await this.#engine.refresh()

    if (this.#engine.finished) {
      return
    }

    if (asked === 'discover_join' && engine.modelParameters != null && this.#engine.round != null) {
      this.#count(peer)
      await this.#offerModel(peer)
    } else if (asked === 'discover_nodes' && engine.training != null) {
      this.#count(peer)
      await this.#components.messenger.send(
        peer,
        createMessage('offer', 'offer_metric', await this.#metrics())
      )
    }
  }

  #count(peer: PeerId): void {
    if (!this.#rate.take(peer)) {
      throw new QueueFullError('Offers are asked for too often')
    }
  }

  async #offerModel(peer: PeerId): Promise<void> {
    const { models, propagator } = this.#components
    const information = await propagator.getModelInformation(peer)

    if (information != null) {
      await models.send([peer], await this.#model(information))
    }
  }

  async #model({ payload, weight, round, ...rest }: ModelInformation): Promise<ModelInfo> {
    const details = encodeOffer({ ...rest, round })
    const last = this.#last

    if (last != null && equals(last.details, details) && this.#isKept(await last.model)) {
      return last.model
    }

    const model = this.#components.models.create({ kind: 'offer', payload, weight, round, details })

    this.#last = { details, model }

    try {
      return await model
    } catch (err) {
      this.#last = undefined

      throw err
    }
  }

  #isKept({ id }: ModelInfo): boolean {
    return this.#components.models.list().some((model) => model.id === id)
  }

  async #metrics(): Promise<Omit<ModelInformation, 'payload' | 'weight'>> {
    const nNeighbors = this.#components.linkManager.links.select({ onlyDirect: true }).length

    return {
      ...(await this.#engine.training()),
      nNeighbors,
      round: this.#engine.round ?? INITIALIZATION_ROUND
    }
  }
}
