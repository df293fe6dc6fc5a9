import { ReplayGuard } from '../messages/replay-guard.ts'
import { INITIALIZATION_ROUND } from './constants.ts'
import { decodeOffer } from './model-message.ts'
import { readableModel } from './readable-model.ts'
import type { ModelEvents, ReadableModel, ReceivedModel } from './types.ts'
import type { ModelHeader, Reason } from '../../protocols/model/index.ts'
import type { ModelExchange, ModelReader } from '../propagation/index.ts'
import type { PeerId } from '@libp2p/interface'
import type { TypedEventEmitter } from 'main-event'

export interface ModelIntakeInit {
  learningFinished(): boolean
  /** Whether nothing is taken from the peer, nor of its models. */
  isIgnored(peer: PeerId): boolean
  /** The peer broke the protocol, or made a model that is none. */
  onViolation(peer: PeerId, error: Error): void
  /** Models of an origin that are told apart by their number. @default 1_024 */
  replayWindow?: number
  /** @default 10_000 */
  maxReplayOrigins?: number
}

/** Told before the application is. */
export interface ModelIntakeListener {
  onBegin(model: ReceivedModel): void
  onComplete(model: ReceivedModel): void
  onFailed(model: ReceivedModel): void
}

/** Which offered models are taken, and how the application is told of those that come. */
export class ModelIntake {
  readonly #events: TypedEventEmitter<ModelEvents>
  readonly #init: ModelIntakeInit
  /** The numbers of the origins' models. */
  readonly replays: ReplayGuard
  /** What is told of a model once is told of the same object. */
  readonly #received = new WeakMap<ModelReader, ReceivedModel>()

  constructor(events: TypedEventEmitter<ModelEvents>, init: ModelIntakeInit) {
    this.#events = events
    this.#init = init
    this.replays = new ReplayGuard({ window: init.replayWindow, maxOrigins: init.maxReplayOrigins })
  }

  /** Why a model is not taken from the peer, if it is not. */
  refuse({ origin, seqno }: ModelHeader, from: PeerId): Reason | undefined {
    if (this.#init.learningFinished() || this.#init.isIgnored(from) || this.#init.isIgnored(origin)) {
      return 'UNWANTED'
    }

    return this.replays.knows(origin.toString(), seqno) ? 'UNWANTED' : undefined
  }

  readable(reader: ModelReader): ReadableModel {
    return readableModel(reader, (error) => this.#init.onViolation(reader.header.origin, error))
  }

  received(reader: ModelReader, from: PeerId): ReceivedModel {
    const model = this.#received.get(reader) ?? Object.assign(this.readable(reader), { from })

    this.#received.set(reader, model)

    return model
  }

  /** Raises what the exchange tells; both live as long. */
  follow(exchange: ModelExchange, listener: ModelIntakeListener): void {
    exchange.addEventListener('model:begin', ({ detail }) => {
      const model = this.received(detail.model, detail.from)

      listener.onBegin(model)
      this.#events.safeDispatchEvent('model:begin', { detail: model })
    })
    exchange.addEventListener('model:progress', ({ detail: { model: reader, bytes } }) => {
      const model = this.#received.get(reader)

      if (model != null) {
        this.#events.safeDispatchEvent('model:progress', { detail: { model, bytes } })
      }
    })
    exchange.addEventListener('model', ({ detail }) => {
      const model = this.received(detail.model, detail.from)
      const { origin, seqno } = detail.model.header

      listener.onComplete(model)

      // another model may have come under the same number
      if (this.replays.accept(origin.toString(), seqno, detail.from.toString())) {
        this.#raise(model)
      }
    })
    exchange.addEventListener('model:failed', ({ detail: { model: reader, from, error } }) => {
      const model = this.received(reader, from)

      listener.onFailed(model)
      this.#events.safeDispatchEvent('model:failed', { detail: { model, error } })
    })
  }

  #raise(model: ReceivedModel): void {
    if (model.kind === 'model') {
      const type = model.round === INITIALIZATION_ROUND ? 'model:initialization' : 'model:update'

      this.#events.safeDispatchEvent(type, { detail: model })

      return
    }

    try {
      const fields = decodeOffer(model.details)
      const { source, from } = model

      this.#events.safeDispatchEvent('model:offer', { detail: { source, from, fields, model } })
    } catch (err) {
      this.#init.onViolation(model.source, err as Error)
    }
  }
}
