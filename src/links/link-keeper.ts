import { systemClock } from '../lib/clock.ts'
import { MAX_CHANGES_PER_MINUTE } from '../../protocols/handshake/limits.ts'
import { KeyedLimiter } from '../lib/keyed-limiter.ts'
import { perMinute } from '../lib/token-bucket.ts'
import { closeReason } from './close-reasons.ts'
import { LinkTable } from './link-table.ts'
import { Link } from './link.ts'
import type { LinkDetails, Pair, PairListener } from './pair.ts'
import type { Clock } from '../lib/clock.ts'
import type { Change, CloseCause, NodeInfo, PairLink, Reason } from '../../protocols/handshake/index.ts'
import type { LinkCloseReason } from '../interface.ts'
import type { PeerId } from '@libp2p/interface'

export interface ClosedLink {
  link: Link
  reason: LinkCloseReason
  /** What the peer said, if it said so. */
  goodbye?: Reason
}

export interface LinkKeeperInit {
  self: PeerId
  clock?: Clock
  /** @default 60 */
  maxChangesPerMinute?: number
  describeSelf(): NodeInfo
  askEngine?(): Promise<void> | undefined
  onViolation(peer: PeerId, error: Error): void
  /** A peer asks for more changes than it may. */
  onUnwanted?(peer: PeerId): void
  /** Why a link does not become direct, or undirected. */
  refuseChange(direct: boolean): Reason | undefined
  onOpen(link: Link): void
  /** The link is no longer in the table. */
  onClose(closed: ClosedLink): void
  onDirect(link: Link): void
  /** Nothing may be shared any more with the peer. */
  release(pair: Pair): void
}

/** Keeps the table of the links as the pairs open, change and close them. */
export class LinkKeeper implements PairListener {
  readonly links: LinkTable
  readonly #init: LinkKeeperInit
  readonly #clock: Clock
  /** Changes that peers have asked for; a new link does not begin to count anew. */
  readonly #changes: KeyedLimiter
  /** Why a link is about to be closed by this node. */
  readonly #closing = new WeakMap<Link, LinkCloseReason>()

  constructor(init: LinkKeeperInit) {
    this.#init = init
    this.#clock = init.clock ?? systemClock
    this.#changes = new KeyedLimiter(
      this.#clock,
      perMinute(init.maxChangesPerMinute ?? MAX_CHANGES_PER_MINUTE)
    )
    this.links = new LinkTable(init.self)
  }

  /** To be called before this node closes the link. */
  closing(link: Link, reason: LinkCloseReason): void {
    this.#closing.set(link, reason)
  }

  onOpened(_pair: Pair, pairLink: PairLink, { stream, node, priority }: LinkDetails): void {
    const link = new Link({ pairLink, stream, node, priority, now: this.#clock.now() })

    this.links.add(link)
    this.#init.onOpen(link)
  }

  onClosed(pair: Pair, pairLink: PairLink, cause: CloseCause, said: Reason): void {
    const link = this.links.remove(pair.peer, pairLink.stream)

    this.#init.release(pair)

    if (link != null) {
      this.#init.onClose({
        link,
        reason: this.#closing.get(link) ?? closeReason(cause, said),
        goodbye: cause === 'goodbye' ? said : undefined
      })
    }
  }

  onDirect({ peer }: Pair, pairLink: PairLink): void {
    const link = this.links.get(peer)

    if (link?.id === pairLink.stream) {
      link.direct = pairLink.direct
      this.#init.onDirect(link)
    }
  }

  onViolation({ peer }: Pair, error: Error): void {
    this.#init.onViolation(peer, error)
  }

  refuseChange({ peer }: Pair, { direct }: Change): Reason | undefined | Promise<Reason | undefined> {
    // each reaches the engine
    if (!this.#changes.take(peer)) {
      this.#init.onUnwanted?.(peer)

      return 'PROTOCOL_ERROR'
    }

    const failed = (): Reason => 'UNSPECIFIED'

    // the peer is not to blame for the engine of this node, and keeps the link that it has
    try {
      const refuse = (): Reason | undefined => this.#init.refuseChange(direct)
      const asked = this.#init.askEngine?.()

      return asked == null ? refuse() : asked.then(refuse).catch(failed)
    } catch {
      return failed()
    }
  }

  describeSelf(): NodeInfo {
    return this.#init.describeSelf()
  }
}
