import { systemClock } from '../lib/clock.ts'
import { KeyedLimiter } from '../lib/keyed-limiter.ts'
import { perMinute } from '../lib/token-bucket.ts'
import { forwardedTypes } from '../forwarding/index.ts'
import { INITIALIZATION_ROUND, MAX_RELAYS_PER_MINUTE } from './constants.ts'
import type { Clock } from '../lib/clock.ts'
import type { MessageType } from '../messages/index.ts'
import type { ModelInfo } from './types.ts'
import type { PeerId } from '@libp2p/interface'

export interface RelayPolicyInit {
  clock?: Clock
  /** Whether this node passes on the models of all rounds. */
  proxy: boolean
  /** The types of messages that a proxy passes on; an offer is of type `offer`. @default ['discovery', 'federation', 'model'] */
  forwardedTypes?: MessageType[]
  /** Whether a server is everybody's neighbour (CFL): nothing is passed on then. @default false */
  centralised?: boolean
  /** Models of one origin that are passed on in a minute. @default 20 */
  maxRelaysPerMinute?: number
}

/** Which models are passed on: the seed's rule, and so many of an origin. */
export class RelayPolicy {
  readonly #init: RelayPolicyInit
  readonly #types: ReadonlySet<MessageType>
  readonly #rate: KeyedLimiter

  constructor(init: RelayPolicyInit) {
    this.#init = init
    this.#types = forwardedTypes(init.forwardedTypes)
    this.#rate = new KeyedLimiter(
      init.clock ?? systemClock,
      perMinute(init.maxRelaysPerMinute ?? MAX_RELAYS_PER_MINUTE)
    )
  }

  /** By the rule alone: a proxy passes on those of its types, any node the first model. What a node has it does not take again. */
  allows({ kind, round }: Pick<ModelInfo, 'kind' | 'round'>): boolean {
    const { proxy, centralised = false } = this.#init

    return (
      !centralised &&
      ((proxy && this.#types.has(kind)) || (kind === 'model' && round === INITIALIZATION_ROUND))
    )
  }

  /** Counts one more model against its origin; `false` when it is one too many. */
  take(origin: PeerId): boolean {
    return this.#rate.take(origin)
  }
}
