/**
 * The engine of a node whose trainer is another process: it has the state that
 * the trainer sets through the control API.
 */
import { randomUUID } from 'node:crypto'
import { TypedEventEmitter } from 'main-event'
import { systemClock } from '../lib/clock.ts'
import { MAX_UNANSWERED_NEIGHBOURS, NEIGHBOUR_ANSWER_MS } from './constants.ts'
import { UnknownRequestError } from './errors.ts'
import type { Engine, NeighbourAnswer, NeighbourRequest, TrainingInfo } from './types.ts'
import type { ModelSource } from '../propagation/index.ts'
import type { Clock } from '../lib/clock.ts'

/** What the node does with peers that ask to become neighbours. */
export type AcceptNeighbours = 'all' | 'none' | 'ask'

export interface ClientEngineState {
  /** The current round, 0-based, or `null` while none has begun. */
  round: number | null
  /** Whether learning has finished. */
  finished: boolean
  /** Whether models are sent and received although learning has finished. */
  modelsWhenFinished: boolean
  /** The number of samples behind the model. */
  weight: bigint
  training: TrainingInfo
  /** `ask` raises `neighbour:request`, and accepts when no answer comes in time. */
  acceptNeighbours: AcceptNeighbours
  /** The parameters as they are now; `undefined` while there are none. */
  model?: ModelSource
}

/** A peer asks to become a neighbour; `ClientEngine.answer` takes the id. */
export interface PendingRequest extends NeighbourRequest {
  id: string
  /** When the peer is accepted without an answer. Milliseconds since the Unix epoch. */
  expiresAt: number
}

export interface ClientEngineEvents {
  'neighbour:request': CustomEvent<PendingRequest>
}

export interface ClientEngineInit {
  clock?: Clock
  /** Milliseconds until a request without an answer is accepted. @default 30_000 */
  answerTimeout?: number
}

interface Pending {
  request: PendingRequest
  resolve(answer: NeighbourAnswer): void
}

export class ClientEngine extends TypedEventEmitter<ClientEngineEvents> implements Engine {
  readonly #clock: Clock
  readonly #answerTimeout: number
  readonly #pending = new Map<string, Pending>()
  #state: ClientEngineState = {
    round: null,
    finished: false,
    modelsWhenFinished: false,
    weight: 1n,
    training: {},
    acceptNeighbours: 'all'
  }

  constructor({ clock = systemClock, answerTimeout = NEIGHBOUR_ANSWER_MS }: ClientEngineInit = {}) {
    super()
    this.#clock = clock
    this.#answerTimeout = answerTimeout
  }

  get state(): Readonly<ClientEngineState> {
    return this.#state
  }

  /** Changes the state; what is left out stays as it is. */
  update(change: Partial<ClientEngineState>): void {
    this.#state = { ...this.#state, ...change }
  }

  /** The peers that wait for an answer, the oldest first. */
  requests(): PendingRequest[] {
    return Array.from(this.#pending.values(), ({ request }) => request)
  }

  /** @throws {UnknownRequestError} when no request of that id waits for an answer */
  answer(id: string, answer: NeighbourAnswer): void {
    const pending = this.#pending.get(id)

    if (pending == null) {
      throw new UnknownRequestError(id)
    }

    pending.resolve(answer)
  }

  round(): number | null {
    return this.#state.round
  }

  learningCycleFinished(): boolean {
    return this.#state.finished
  }

  modelsWhenFinished(): boolean {
    return this.#state.modelsWhenFinished
  }

  /** The trainer learns of it by the event `neighbour:update`. */
  updateNeighbours(): void {}

  modelParameters(): ModelSource | undefined {
    return this.#state.model
  }

  modelWeight(): bigint {
    return this.#state.weight
  }

  training(): TrainingInfo {
    return this.#state.training
  }

  async acceptNeighbour({ peer, kind }: NeighbourRequest): Promise<NeighbourAnswer> {
    const { acceptNeighbours } = this.#state

    // peers choose how many of them ask at once
    if (acceptNeighbours !== 'ask' || this.#pending.size >= MAX_UNANSWERED_NEIGHBOURS) {
      return { accept: acceptNeighbours !== 'none' }
    }

    const { promise, resolve } = Promise.withResolvers<NeighbourAnswer>()
    const request = { id: randomUUID(), peer, kind, expiresAt: this.#clock.now() + this.#answerTimeout }
    const timer = this.#clock.setTimeout(() => resolve({ accept: true }), this.#answerTimeout)

    this.#pending.set(request.id, { request, resolve })

    try {
      this.safeDispatchEvent('neighbour:request', { detail: request })

      return await promise
    } finally {
      timer.clear()
      this.#pending.delete(request.id)
    }
  }
}
