import { TypedEventEmitter } from 'main-event'
import type { Offer } from './types.ts'
import type { ReceivedMessage } from '../../interface.ts'
import type { Link, LinkManager } from '../../links/index.ts'
import type { ModelEvents } from '../../models/types.ts'
import type { Startable, TypedEventTarget } from '@libp2p/interface'

export interface OfferBookComponents {
  linkManager: Pick<LinkManager, 'links'>
  messenger: TypedEventTarget<{ message: CustomEvent<ReceivedMessage> }>
  models: TypedEventTarget<ModelEvents>
}

export type OfferKind = 'offer_model' | 'offer_metric'

/**
 * The newest offer of each kind of each linked peer, for as long as the link
 * lasts: a model that has come already does not come again.
 */
export class OfferBook extends TypedEventEmitter<{ offer: CustomEvent<Offer> }> implements Startable {
  readonly #components: OfferBookComponents
  readonly #offers: Record<OfferKind, WeakMap<Link, Offer>> = {
    offer_model: new WeakMap(),
    offer_metric: new WeakMap()
  }

  constructor(components: OfferBookComponents) {
    super()
    this.#components = components
  }

  start(): void {
    this.#components.messenger.addEventListener('message', this.#onMessage)
    this.#components.models.addEventListener('model:offer', this.#onModel)
  }

  stop(): void {
    this.#components.messenger.removeEventListener('message', this.#onMessage)
    this.#components.models.removeEventListener('model:offer', this.#onModel)
  }

  get(kind: OfferKind, link: Link): Offer | undefined {
    return this.#offers[kind].get(link)
  }

  #note(kind: OfferKind, offer: Offer): void {
    const link = this.#components.linkManager.links.get(offer.peer)

    if (link != null) {
      this.#offers[kind].set(link, offer)
      this.safeDispatchEvent('offer', { detail: offer })
    }
  }

  readonly #onMessage = ({ detail: { source, message } }: CustomEvent<ReceivedMessage>): void => {
    if (message.type === 'offer' && message.action === 'offer_metric') {
      const { parameters: _parameters, ...fields } = message.fields

      this.#note('offer_metric', { peer: source, fields })
    }
  }

  readonly #onModel = ({ detail: { source, fields, model } }: ModelEvents['model:offer']): void => {
    this.#note('offer_model', { peer: source, fields, model })
  }
}
