import type { Neighbour, PropagationStrategy } from './types.ts'
import type { ReceivedMessage } from '../../interface.ts'
import type { Link, LinkManager } from '../../links/index.ts'
import type { ModelDelivery, ModelEvents, ModelInfo } from '../../models/types.ts'
import type { PeerId, Startable, TypedEventTarget } from '@libp2p/interface'

export interface NeighbourStatesComponents {
  linkManager: Pick<LinkManager, 'links'>
  messenger: TypedEventTarget<{ message: CustomEvent<ReceivedMessage> }>
  models: TypedEventTarget<ModelEvents>
}

/** One model of a strategy, however often it has to be made. */
export interface Edition {
  round: number
  /** Not before it was made. */
  model?: ModelInfo
}

interface State {
  round: number | null
  outcomes: WeakMap<PropagationStrategy, { edition: Edition; outcome: ModelDelivery['outcome'] }>
}

/**
 * How far each neighbour is and what it was sent. All of it belongs to the
 * link: a peer that links anew may have begun anew.
 */
export class NeighbourStates implements Startable {
  readonly #components: NeighbourStatesComponents
  readonly #states = new WeakMap<Link, State>()

  constructor(components: NeighbourStatesComponents) {
    this.#components = components
  }

  start(): void {
    this.#components.messenger.addEventListener('message', this.#onMessage)
    this.#components.models.addEventListener('model:update', this.#onModel)
  }

  stop(): void {
    this.#components.messenger.removeEventListener('message', this.#onMessage)
    this.#components.models.removeEventListener('model:update', this.#onModel)
  }

  /** @param edition - what the strategy sends now */
  describe(link: Link, strategy: PropagationStrategy, edition: Edition): Neighbour {
    const { round, outcomes } = this.#of(link)
    const last = outcomes.get(strategy)

    return {
      peer: link.peer,
      ready: link.ready,
      round,
      ...(last?.edition === edition ? { outcome: last.outcome } : {})
    }
  }

  /** Notes what became of an offer. */
  offered(
    link: Link,
    strategy: PropagationStrategy,
    edition: Edition,
    outcome: ModelDelivery['outcome']
  ): void {
    this.#of(link).outcomes.set(strategy, { edition, outcome })
  }

  #of(link: Link): State {
    const known = this.#states.get(link)

    if (known != null) {
      return known
    }

    const state: State = { round: link.node.round, outcomes: new WeakMap() }

    this.#states.set(link, state)

    return state
  }

  #reached(peer: PeerId, round: number): void {
    const link = this.#components.linkManager.links.get(peer)

    if (link != null && round >= 0) {
      const state = this.#of(link)

      // messages and models overtake each other
      state.round = Math.max(state.round ?? round, round)
    }
  }

  readonly #onMessage = ({ detail: { source, message } }: CustomEvent<ReceivedMessage>): void => {
    if (message.type === 'federation' && message.action === 'federation_models_included') {
      this.#reached(source, message.fields.round)
    }
  }

  readonly #onModel = ({ detail: { source, round } }: ModelEvents['model:update']): void => {
    this.#reached(source, round)
  }
}
