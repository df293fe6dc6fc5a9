import type { Neighbour, PropagationStrategy } from './types.ts'
import type { Link } from '../../links/index.ts'
import type { ModelDelivery, ModelInfo } from '../../models/types.ts'

/** One model of a strategy, however often it has to be made. */
export interface Edition {
  round: number
  /** Not before it was made. */
  model?: ModelInfo
}

type Outcomes = WeakMap<PropagationStrategy, { edition: Edition; outcome: ModelDelivery['outcome'] }>

/** What each neighbour was sent. It belongs to the link: a peer that links anew may have lost what it had. */
export class NeighbourStates {
  readonly #outcomes = new WeakMap<Link, Outcomes>()

  /** @param edition - what the strategy sends now */
  describe(link: Link, strategy: PropagationStrategy, edition: Edition): Neighbour {
    const { peer, ready, round } = link
    const last = this.#outcomes.get(link)?.get(strategy)

    return { peer, ready, round, ...(last?.edition === edition ? { outcome: last.outcome } : {}) }
  }

  /** Notes what became of an offer. */
  offered(
    link: Link,
    strategy: PropagationStrategy,
    edition: Edition,
    outcome: ModelDelivery['outcome']
  ): void {
    const outcomes: Outcomes = this.#outcomes.get(link) ?? new WeakMap()

    this.#outcomes.set(link, outcomes.set(strategy, { edition, outcome }))
  }
}
