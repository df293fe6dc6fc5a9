import { INITIALIZATION_ROUND } from './constants.ts'
import { decodeOffer } from './model-message.ts'
import { RaisedModels } from './raised-models.ts'
import { readableModel } from './readable-model.ts'
import type { ModelEvents, ReadableModel, ReceivedModel, ReceivedOutcome } from './types.ts'
import type { GiveUp } from './readable-model.ts'
import type { RaisedModelsInit } from './raised-models.ts'
import type { ModelHeader, Reason, SignedHeader } from '../../protocols/model/index.ts'
import type { ModelExchange, ModelReader } from '../propagation/index.ts'
import type { PeerId } from '@libp2p/interface'
import type { TypedEventEmitter } from 'main-event'

export interface ModelIntakeInit extends RaisedModelsInit {
  /** Whether models are sent and received, as of the last `askEngine`. */
  takesModels(): boolean
  askEngine?(): Promise<void> | undefined
  /** Whether nothing is taken from the peer, nor of its models. */
  isIgnored(peer: PeerId): boolean
  /** The peer broke the protocol, or made a model that is none. */
  onViolation(peer: PeerId, error: Error): void
}

export interface ModelIntakeParts {
  giveUp: GiveUp
}

/** Told before the application is. */
export interface ModelIntakeListener {
  onBegin(model: ReceivedModel): void
  onComplete(model: ReceivedModel): void
  onFailed(model: ReceivedModel): void
  /** How it ended with a model that had begun to come, so many milliseconds later. */
  onOutcome(model: ReceivedModel, outcome: ReceivedOutcome, ms: number): void
}

/** A model that comes. */
interface Coming {
  /** What is told of a model once is told of the same object. */
  model: ReceivedModel
  begun: number
  /** Whether it was raised before it began to come, and this node asked for it once more. */
  known: boolean
}

/** Which offered models are taken, and how the application is told of those that come. */
export class ModelIntake {
  readonly #events: TypedEventEmitter<ModelEvents>
  readonly #init: ModelIntakeInit & ModelIntakeParts
  readonly #raised: RaisedModels
  readonly #coming = new WeakMap<ModelReader, Coming>()

  constructor(events: TypedEventEmitter<ModelEvents>, init: ModelIntakeInit & ModelIntakeParts) {
    this.#events = events
    this.#init = init
    this.#raised = new RaisedModels(init)
  }

  /** Why a model is not taken from the peer, if it is not. What this node asks for itself is no replay. */
  refuse(signed: SignedHeader, from: PeerId, wanted: boolean): Reason | undefined {
    const { header } = signed

    if (!this.#init.takesModels() || this.#init.isIgnored(from) || this.#init.isIgnored(header.origin)) {
      return 'UNWANTED'
    }

    const known = this.#isRaised(signed)

    return (known && !wanted) || !this.#isWellFormed(signed, known) ? 'UNWANTED' : undefined
  }

  readable(reader: ModelReader): ReadableModel {
    return readableModel(reader, {
      onInvalid: (error) => this.#init.onViolation(reader.header.origin, error),
      giveUp: this.#init.giveUp
    })
  }

  received(reader: ModelReader, from: PeerId): ReceivedModel {
    return this.#coming.get(reader)?.model ?? Object.assign(this.readable(reader), { from })
  }

  /** Raises what the exchange tells; both live as long. */
  follow(exchange: ModelExchange, listener: ModelIntakeListener): void {
    exchange.addEventListener('model:begin', ({ detail: { model: reader, from } }) => {
      const model = this.received(reader, from)

      this.#coming.set(reader, { model, begun: performance.now(), known: this.#isRaised(reader) })
      listener.onBegin(model)
      this.#events.safeDispatchEvent('model:begin', { detail: model })
    })
    exchange.addEventListener('model:progress', ({ detail: { model: reader, bytes } }) => {
      const model = this.#coming.get(reader)?.model

      if (model != null) {
        this.#events.safeDispatchEvent('model:progress', { detail: { model, bytes } })
      }
    })
    exchange.addEventListener('model', ({ detail: { model: reader } }) => {
      const coming = this.#coming.get(reader)

      if (coming != null) {
        const { model, begun, known } = coming

        listener.onComplete(model)
        listener.onOutcome(model, known ? 'known' : outcomeOf(model), performance.now() - begun)

        // whatever came meanwhile: what was taken is raised
        if (!known) {
          this.#note(reader)
          this.#raise(model)
        }
      }
    })
    exchange.addEventListener('model:failed', ({ detail: { model: reader, error } }) => {
      const coming = this.#coming.get(reader)

      if (coming != null) {
        const { model, begun } = coming

        listener.onFailed(model)
        listener.onOutcome(model, 'failed', performance.now() - begun)
        this.#events.safeDispatchEvent('model:failed', { detail: { model, error } })
      }
    })
  }

  #isRaised({ id, header: { origin, seqno } }: Identified): boolean {
    return this.#raised.has(origin.toString(), seqno, id)
  }

  #note({ id, header: { origin, seqno } }: Identified): void {
    this.#raised.add(origin.toString(), seqno, id)
  }

  /** An offer whose fields cannot be read is its origin's fault, once, whoever brings it. */
  #isWellFormed(signed: SignedHeader, known: boolean): boolean {
    const { kind, details, origin } = signed.header

    try {
      if (kind === 'offer') {
        decodeOffer(details)
      }

      return true
    } catch (err) {
      if (!known) {
        this.#note(signed)
        this.#init.onViolation(origin, err as Error)
      }

      return false
    }
  }

  #raise(model: ReceivedModel): void {
    const outcome = outcomeOf(model)

    if (outcome === 'offer') {
      const { source, from, details } = model

      this.#events.safeDispatchEvent('model:offer', {
        detail: { source, from, fields: decodeOffer(details), model }
      })
    } else {
      this.#events.safeDispatchEvent(`model:${outcome}`, { detail: model })
    }
  }
}

interface Identified {
  id: string
  header: ModelHeader
}

function outcomeOf({ kind, round }: ReceivedModel): 'offer' | 'initialization' | 'update' {
  if (kind === 'offer') {
    return 'offer'
  }

  return round === INITIALIZATION_ROUND ? 'initialization' : 'update'
}
