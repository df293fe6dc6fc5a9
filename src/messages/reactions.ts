import { isGeoLocation } from '../lib/geo-location.ts'
import { LinkMessages } from './link-messages.ts'
import type { LinkMessagesInit } from './link-messages.ts'
import type { Messenger } from './messenger.ts'
import type { ReceivedMessage } from '../interface.ts'
import type { LinkManager, Readiness } from '../links/index.ts'
import type { ComponentLogger, Logger, Startable } from '@libp2p/interface'

export interface ReactionsComponents {
  messenger: Messenger
  linkManager: LinkManager
  readiness: Readiness
  logger: ComponentLogger
}

export type ReactionsInit = LinkMessagesInit

/** What the overlay itself does on a message; everything else is the application's. */
export class Reactions implements Startable {
  readonly #components: ReactionsComponents
  readonly #linkMessages: LinkMessages
  readonly #log: Logger

  constructor(components: ReactionsComponents, init: ReactionsInit) {
    this.#components = components
    this.#linkMessages = new LinkMessages(components, init)
    this.#log = components.logger.forComponent('nebula:reactions')
  }

  start(): void {
    this.#components.messenger.addEventListener('message', this.#onMessage)
  }

  stop(): void {
    this.#components.messenger.removeEventListener('message', this.#onMessage)
  }

  readonly #onMessage = ({ detail }: CustomEvent<ReceivedMessage>): void => {
    this.#react(detail).catch((err: Error) => {
      this.#log('%s of %p could not be followed - %e', detail.message.type, detail.from, err)
    })
  }

  /** What counts is who wrote the message, not who passed it on; only linked peers are heeded. */
  async #react({ source, message }: ReceivedMessage): Promise<void> {
    const link = this.#components.linkManager.links.get(source)

    if (link == null) {
      return
    }

    if (message.type === 'discovery' && message.action === 'discover') {
      const { latitude, longitude } = message.fields

      if (isGeoLocation({ latitude, longitude })) {
        link.location = { latitude, longitude }
      }
    } else if (message.type === 'federation' && message.action === 'federation_ready') {
      this.#components.readiness.said(source)
    } else if (message.type === 'connection' && message.action === 'disconnect') {
      // the seed's way to say goodbye; ours in answer tells the peer that its link was not lost
      await this.#components.linkManager.close(source, { reason: 'remote', link })
    } else if (message.type === 'link') {
      await this.#linkMessages.follow(link, message)
    }
  }
}
