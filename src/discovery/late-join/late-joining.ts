import { setMaxListeners } from '@libp2p/interface'
import { PeerSet } from '@libp2p/peer-collections'
import { anySignal } from 'any-signal'
import { Lifetime } from '../../lib/lifetime.ts'
import { systemClock } from '../../lib/clock.ts'
import { checkPlaces, checkTimes } from '../../lib/parameters.ts'
import { onEvents, waitFor } from '../../lib/wait-for.ts'
import { createMessage } from '../../messages/index.ts'
import { joinFederation } from '../join-federation.ts'
import { selectAll } from './candidates.ts'
import { CONFIRM_TIMEOUT_MS, OFFER_TIMEOUT_MS } from './constants.ts'
import { NeighbourRequests } from './neighbour-requests.ts'
import { OfferBook } from './offer-book.ts'
import { Offerer } from './offerer.ts'
import type { NeighbourRequestsInit } from './neighbour-requests.ts'
import type { OfferBookComponents } from './offer-book.ts'
import type { OffererComponents, OffererInit } from './offerer.ts'
import type { LateJoinOptions, LateJoinResult, Offer } from './types.ts'
import type { JoinFederationComponents, JoinFederationOptions } from '../join-federation.ts'
import type { Clock } from '../../lib/clock.ts'
import type { LinkManager } from '../../links/index.ts'
import type { Messenger } from '../../messages/index.ts'
import type { PeerId, Startable } from '@libp2p/interface'

export interface LateJoiningComponents
  extends Omit<JoinFederationComponents, 'messenger'>, OffererComponents {
  linkManager: LinkManager
  messenger: Messenger
  models: OffererComponents['models'] & OfferBookComponents['models']
}

export interface LateJoiningInit
  extends OffererInit, NeighbourRequestsInit, Pick<JoinFederationOptions, 'maxParallel'> {
  clock?: Clock
  /** Milliseconds. @default 20_000 */
  offerTimeout?: number
  /** Milliseconds. @default 10_000 */
  confirmTimeout?: number
}

/**
 * Coming to a federation that learns already, or finding other neighbours in
 * it: this node's side of it (`join`), and that of those who are asked.
 */
export class LateJoining implements Startable {
  readonly #components: LateJoiningComponents
  readonly #init: LateJoiningInit
  readonly #clock: Clock
  readonly #book: OfferBook
  readonly #parts: Startable[]
  readonly #lifetime = new Lifetime()

  constructor(components: LateJoiningComponents, init: LateJoiningInit) {
    this.#components = components
    this.#init = init
    this.#clock = init.clock ?? systemClock
    this.#book = new OfferBook(components)
    this.#parts = [this.#book, new Offerer(components, init), new NeighbourRequests(components, init)]
  }

  async start(): Promise<void> {
    this.#lifetime.start()

    for (const part of this.#parts) {
      await part.start()
    }
  }

  /** Ends every call of `join`. */
  async stop(): Promise<void> {
    this.#lifetime.stop()

    for (const part of this.#parts) {
      await part.stop()
    }
  }

  /** @see Nebula.lateJoin */
  async join(options: LateJoinOptions = {}): Promise<LateJoinResult> {
    const { addrs = [], offerTimeout, confirmTimeout } = options

    checkPlaces(addrs)
    checkTimes({ offerTimeout, confirmTimeout })

    const signal = anySignal([options.signal, this.#lifetime.signal])

    setMaxListeners(Infinity, signal)

    try {
      signal.throwIfAborted()

      const asked = await this.#ask({ ...options, signal })
      const offers = await this.#collect(asked, options, signal)
      const candidates = await this.#select(offers, options)
      const neighbours = await this.#confirm(candidates, options, signal)

      return { offers, candidates, neighbours }
    } finally {
      signal.clear()
    }
  }

  /** Sends discover messages; returns who got one. */
  async #ask({ addrs, type, signal }: LateJoinOptions): Promise<PeerId[]> {
    const { messenger } = this.#components
    const asked = new PeerSet()

    await joinFederation(
      {
        ...this.#components,
        messenger: {
          send: async (peer, message, options) => {
            await messenger.send(peer, message, options)
            asked.add(peer)
          }
        }
      },
      { addrs, type, signal, maxParallel: this.#init.maxParallel }
    )

    return [...asked]
  }

  /** The offers of those who were asked, when all have answered or time is up. */
  async #collect(asked: PeerId[], options: LateJoinOptions, signal: AbortSignal): Promise<Offer[]> {
    const { links } = this.#components.linkManager
    const kind = options.type === 'discover_nodes' ? 'offer_metric' : 'offer_model'
    const linked = () => asked.flatMap((peer) => links.get(peer) ?? [])

    await waitFor(() => linked().every((link) => this.#book.get(kind, link) != null), {
      on: [onEvents(this.#book, 'offer'), onEvents(this.#components.linkManager, 'close')],
      clock: this.#clock,
      timeout: options.offerTimeout ?? this.#init.offerTimeout ?? OFFER_TIMEOUT_MS,
      signal
    })

    return linked().flatMap((link) => this.#book.get(kind, link) ?? [])
  }

  /** Only who made an offer can be a candidate, and only once. */
  async #select(offers: Offer[], { selectCandidates = selectAll }: LateJoinOptions): Promise<PeerId[]> {
    const offered = new PeerSet(offers.map(({ peer }) => peer))

    return [...offered.intersection(new PeerSet(await selectCandidates(offers)))]
  }

  /** Asks the candidates; returns those whose link has become direct. */
  async #confirm(candidates: PeerId[], options: LateJoinOptions, signal: AbortSignal): Promise<PeerId[]> {
    const { linkManager, messenger } = this.#components
    const { links } = linkManager
    const request = createMessage(
      'connection',
      options.type === 'discover_nodes' ? 'restructure' : 'late_connect'
    )
    const sends = await Promise.allSettled(
      candidates.map(async (peer) => {
        await messenger.send(peer, request, { signal })

        return peer
      })
    )
    const asked = sends.flatMap((send) => (send.status === 'fulfilled' ? [send.value] : []))

    // a link that is gone will not become direct
    await waitFor(() => asked.every((peer) => links.get(peer)?.direct !== false), {
      on: [onEvents(linkManager, 'direct', 'close')],
      clock: this.#clock,
      timeout: options.confirmTimeout ?? this.#init.confirmTimeout ?? CONFIRM_TIMEOUT_MS,
      signal
    })

    return candidates.filter((peer) => links.get(peer)?.direct === true)
  }
}
