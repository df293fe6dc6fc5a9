import { PeerMap } from '@libp2p/peer-collections'
import { isMultiaddr } from '@multiformats/multiaddr'
import { Lifetime } from '../../lib/lifetime.ts'
import { knownAddress } from '../../links/index.ts'
import { createMessage } from '../../messages/index.ts'
import { systemClock } from '../../lib/clock.ts'
import { KeyedLimiter } from '../../lib/keyed-limiter.ts'
import { perMinute } from '../../lib/token-bucket.ts'
import { MAX_REQUESTS_PER_MINUTE } from './constants.ts'
import type { Clock } from '../../lib/clock.ts'
import type { EngineClient, NeighbourAnswer, NeighbourRequest } from '../../engine/index.ts'
import type { ReceivedMessage } from '../../interface.ts'
import type { LinkManager } from '../../links/index.ts'
import type { Messenger } from '../../messages/index.ts'
import type { ComponentLogger, Logger, PeerId, Startable } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

export interface NeighbourRequestsComponents {
  linkManager: Pick<LinkManager, 'links' | 'setDirect'>
  messenger: Pick<Messenger, 'send' | 'addEventListener' | 'removeEventListener'>
  logger: ComponentLogger
}

export interface NeighbourRequestsInit {
  clock?: Clock
  engine: EngineClient
  /** @default 10 */
  maxRequestsPerMinute?: number
}

/**
 * Peers that ask to become neighbours (`late_connect`, `restructure`): the
 * engine decides, the direct link is the yes, and `link` messages tell the peer
 * whom else to link with or to part from. A no is not said.
 */
export class NeighbourRequests implements Startable {
  readonly #components: NeighbourRequestsComponents
  readonly #engine: EngineClient
  readonly #rate: KeyedLimiter
  readonly #log: Logger
  /** Peers whose request is being looked at. */
  readonly #pending = new PeerMap<true>()
  readonly #lifetime = new Lifetime()

  constructor(components: NeighbourRequestsComponents, init: NeighbourRequestsInit) {
    this.#components = components
    this.#engine = init.engine
    this.#rate = new KeyedLimiter(
      init.clock ?? systemClock,
      perMinute(init.maxRequestsPerMinute ?? MAX_REQUESTS_PER_MINUTE)
    )
    this.#log = components.logger.forComponent('nebula:neighbour-requests')
  }

  start(): void {
    this.#lifetime.start()

    this.#components.messenger.addEventListener('message', this.#onMessage)
  }

  stop(): void {
    this.#lifetime.stop()
    this.#components.messenger.removeEventListener('message', this.#onMessage)
  }

  readonly #onMessage = ({ detail: { source, message } }: CustomEvent<ReceivedMessage>): void => {
    if (
      message.type !== 'connection' ||
      (message.action !== 'late_connect' && message.action !== 'restructure') ||
      this.#pending.has(source) ||
      !this.#rate.take(source)
    ) {
      return
    }

    this.#pending.set(source, true)
    this.#consider({ peer: source, kind: message.action })
      .catch((err: Error) => {
        this.#log('%p did not become a neighbour - %e', source, err)
      })
      .finally(() => this.#pending.delete(source))
  }

  async #consider(request: NeighbourRequest): Promise<void> {
    const { peer } = request
    const { linkManager } = this.#components
    const { signal } = this.#lifetime

    await this.#engine.refresh()

    if (!linkManager.links.has(peer) || this.#engine.finished) {
      return
    }

    const answer = (await this.#engine.ask('acceptNeighbour', request)) ?? { accept: true }

    if (!answer.accept) {
      return
    }

    if (linkManager.links.get(peer)?.direct !== true) {
      await linkManager.setDirect(peer, true, { signal })
    }

    await this.#advise(peer, answer, signal)
  }

  /** After the link has become direct: only a neighbour is heeded in whom to part from. */
  async #advise(
    peer: PeerId,
    { connectTo = [], disconnectFrom = [] }: NeighbourAnswer,
    signal: AbortSignal
  ): Promise<void> {
    const advice = [
      ['connect_to', connectTo.map((target) => this.#address(target))],
      ['disconnect_from', disconnectFrom.map(String)]
    ] as const

    for (const [action, addrs] of advice) {
      if (addrs.length > 0) {
        await this.#components.messenger.send(
          peer,
          createMessage('link', action, { addrs: addrs.join(' ') }),
          { signal }
        )
      }
    }
  }

  /** The peer is told an address where this node knows one: the PeerId alone may tell it nothing. */
  #address(target: PeerId | Multiaddr): string {
    if (isMultiaddr(target)) {
      return target.toString()
    }

    const link = this.#components.linkManager.links.get(target)

    return String((link && knownAddress(link)) ?? target)
  }
}
