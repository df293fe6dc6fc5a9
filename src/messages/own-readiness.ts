import { MAY_RETURN } from '../links/index.ts'
import { MAX_ABSENT_READY_PEERS } from '../links/constants.ts'
import { BoundedMap } from '../lib/bounded-map.ts'
import type { Messenger } from './messenger.ts'
import type { Message } from './types.ts'
import type { Link, LinkManager, LinkManagerEvents } from '../links/index.ts'
import type { ComponentLogger, Logger, PeerId, Startable } from '@libp2p/interface'

export interface OwnReadinessComponents {
  linkManager: Pick<LinkManager, 'links' | 'addEventListener' | 'removeEventListener'>
  messenger: Pick<Messenger, 'send'>
  logger: ComponentLogger
}

/**
 * Says `federation_ready` again: to a peer that the application has told, over
 * each new link with it, and once all neighbours were told, to each that
 * becomes one.
 */
export class OwnReadiness implements Startable {
  readonly #components: OwnReadinessComponents
  readonly #log: Logger
  /** What was said to all neighbours. */
  #toAll?: Message
  readonly #told = new WeakMap<Link, Message>()
  readonly #absent = new BoundedMap<string, Message>({ max: MAX_ABSENT_READY_PEERS })

  constructor(components: OwnReadinessComponents) {
    this.#components = components
    this.#log = components.logger.forComponent('nebula:own-readiness')
  }

  start(): void {
    const { linkManager } = this.#components

    linkManager.addEventListener('open', this.#onOpen)
    linkManager.addEventListener('direct', this.#onDirect)
    linkManager.addEventListener('close', this.#onClose)
    linkManager.addEventListener('unwanted', this.#onUnwanted)
  }

  stop(): void {
    const { linkManager } = this.#components

    linkManager.removeEventListener('open', this.#onOpen)
    linkManager.removeEventListener('direct', this.#onDirect)
    linkManager.removeEventListener('close', this.#onClose)
    linkManager.removeEventListener('unwanted', this.#onUnwanted)
    this.#toAll = undefined
    this.#absent.clear()
  }

  /** The application sends a message to the peers, or to all neighbours. */
  note(message: Message, peers?: readonly PeerId[]): void {
    if (message.type !== 'federation' || message.action !== 'federation_ready') {
      return
    }

    const { links } = this.#components.linkManager

    this.#toAll = peers == null ? message : this.#toAll

    for (const peer of peers ?? links.peers({ onlyDirect: true })) {
      const link = links.get(peer)

      if (link != null) {
        this.#told.set(link, message)
      }
    }
  }

  /** The peer was removed while there was no link with it. */
  forget(peer: PeerId): void {
    this.#absent.delete(peer.toString())
  }

  /** The application may have said it already, when it heard of the link. */
  #tell(link: Link, message?: Message): void {
    if (message == null || this.#told.has(link)) {
      return
    }

    this.#told.set(link, message)
    this.#components.messenger.send(link.peer, message).catch((err: Error) => {
      this.#log('%p was not told that this node is ready - %e', link.peer, err)
    })
  }

  readonly #onOpen = ({ detail: link }: LinkManagerEvents['open']): void => {
    this.#tell(link, this.#absent.take(link.peer.toString()) ?? (link.direct ? this.#toAll : undefined))
  }

  readonly #onDirect = ({ detail: link }: LinkManagerEvents['direct']): void => {
    this.#tell(link, link.direct ? this.#toAll : undefined)
  }

  readonly #onClose = ({ detail: { link, reason } }: LinkManagerEvents['close']): void => {
    const message = this.#told.get(link)

    if (message != null && MAY_RETURN.has(reason)) {
      this.#absent.set(link.peer.toString(), message)
    }
  }

  readonly #onUnwanted = ({ detail: peer }: LinkManagerEvents['unwanted']): void => {
    this.forget(peer)
  }
}
