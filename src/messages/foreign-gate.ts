import { floods } from '../forwarding/index.ts'
import { MAX_FOREIGN_MESSAGES_PER_SECOND, MAX_NEW_ORIGINS_PER_MINUTE } from '../limits/constants.ts'
import { MessagePace } from '../limits/index.ts'
import { KeyedLimiter } from '../lib/keyed-limiter.ts'
import { perMinute } from '../lib/token-bucket.ts'
import type { ReplayGuard } from './replay-guard.ts'
import type { ReadMessage } from './wrapper.ts'
import type { Clock } from '../lib/clock.ts'
import type { Link, LinkManager } from '../links/index.ts'
import type { PeerId } from '@libp2p/interface'

export interface ForeignGateComponents {
  linkManager: Pick<LinkManager, 'links'>
  replays: Pick<ReplayGuard, 'has'>
}

export interface ForeignGateInit {
  clock: Clock
  /** Messages of others from one peer that are verified in a second. @default 2_000 */
  maxForeignMessagesPerSecond?: number
  /** Origins never heard of before from one peer in a minute. @default 2_000 */
  maxNewOriginsPerMinute?: number
  /** Milliseconds that a peer may be held back without a break. @default 5_000 */
  maxHeldBack?: number
  /** A linked peer handed on what it may not, or too much. */
  onExcess(peer: PeerId): void
}

/** What a linked peer may hand on of others, before the signature is looked at: that is what costs this node most. */
export class ForeignGate {
  readonly #components: ForeignGateComponents
  readonly #init: ForeignGateInit
  readonly #introductions: KeyedLimiter
  readonly #paces = new WeakMap<Link, MessagePace>()

  constructor(components: ForeignGateComponents, init: ForeignGateInit) {
    this.#components = components
    this.#init = init
    this.#introductions = new KeyedLimiter(
      init.clock,
      perMinute(init.maxNewOriginsPerMinute ?? MAX_NEW_ORIGINS_PER_MINUTE)
    )
  }

  /** Milliseconds until the message may be verified; `undefined` when it is dropped, which the peer is charged for. */
  admit(from: PeerId, { source, message }: ReadMessage): number | undefined {
    const link = this.#components.linkManager.links.get(from)

    if (link == null) {
      return undefined
    }

    // only proxies pass on what not every node does
    const entitled = link.node.proxy || (message != null && floods(message))

    if (!entitled || (!this.#components.replays.has(source) && !this.#introductions.take(from))) {
      this.#init.onExcess(from)

      return undefined
    }

    const pace = this.#paceOf(link)
    const wait = pace.take(0)

    if (pace.flooding) {
      this.#init.onExcess(from)
    }

    return Math.max(wait, 0)
  }

  #paceOf(link: Link): MessagePace {
    let pace = this.#paces.get(link)

    if (pace == null) {
      pace = new MessagePace(this.#init.clock, {
        maxMessagesPerSecond: this.#init.maxForeignMessagesPerSecond ?? MAX_FOREIGN_MESSAGES_PER_SECOND,
        maxHeldBack: this.#init.maxHeldBack
      })
      this.#paces.set(link, pace)
    }

    return pace
  }
}
