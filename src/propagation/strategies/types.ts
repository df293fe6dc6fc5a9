import type { Engine } from '../../engine/index.ts'
import type { ModelDelivery, ModelInfo } from '../../models/types.ts'
import type { ModelSource } from '../model-source.ts'
import type { AbortOptions, PeerId } from '@libp2p/interface'

/** A neighbour as strategies see it. */
export interface Neighbour {
  peer: PeerId
  /** Whether it has said `federation_ready`. */
  ready: boolean
  /** The last round it is known to have reached; `null` when it has told none. */
  round: number | null
  /** What became of the strategy's model of the round, when it was offered. */
  outcome?: ModelDelivery['outcome']
}

export interface PropagationContext extends AbortOptions {
  engine: Engine
  /** The round of this node; `null` while none has begun. */
  round: number | null
}

export interface ModelPayload {
  payload: ModelSource
  /** The number of samples behind it. @default 1n */
  weight?: bigint
}

/** What is propagated, and to whom. */
export interface PropagationStrategy {
  readonly name: string
  /**
   * The round of the model that is to be sent now, -1 for the one that all
   * begin with; `undefined` when there is none to send. A strategy makes one
   * model a round, for all neighbours and all cycles.
   *
   * @throws {NoModelError} when the engine gives none
   */
  round(context: PropagationContext): number | undefined
  /** Whether the neighbour is to be sent the model of the round. */
  isEligible(neighbour: Neighbour, context: PropagationContext): boolean
  /** The model of the round; `undefined` when there is none yet. */
  prepare(context: PropagationContext): Promise<ModelPayload | undefined>
}

/** What one cycle did. */
export interface PropagationResult {
  /** What was sent; none when nobody was to be sent anything. */
  model?: ModelInfo
  sent: ModelDelivery[]
  /** Neighbours that were not reached; the next cycle tries them again. */
  failed: Array<{ peer: PeerId; error: Error }>
  /** Neighbours that need no model, or for whom there was none. */
  skipped: PeerId[]
}

/** What a propagation that went on until its end did. */
export interface PropagationRun extends PropagationResult {
  /**
   * `done`: no neighbour needs a model any more; `unchanged`: nothing had
   * changed for as many cycles as the history has; `finished`: learning has
   * ended.
   */
  end: 'done' | 'unchanged' | 'finished'
  cycles: number
}

export interface PropagateOptions extends AbortOptions {
  /** Whether to make the model of the round again, and to send it to those who have the earlier one. @default false */
  anew?: boolean
}

export interface RunOptions extends PropagateOptions {
  /** Called after each cycle. */
  onCycle?(result: PropagationResult): void
}

/** What a node that asks for the model is told. */
export interface ModelInformation extends ModelPayload {
  round: number
  rounds: number
  epochs: number
  loss: number
  /** How many neighbours this node has. */
  nNeighbors: number
}

/** The propagation of this node's model, `Nebula.propagator`. */
export interface Propagation {
  /** Makes a strategy known by its name, in the place of one that had it. */
  register(strategy: PropagationStrategy): void
  /**
   * One cycle: sends the strategy's model to every neighbour that is to have
   * it. Neighbours that are not reached do not keep it from the others.
   *
   * @param strategy - `initialization` (the model that all begin with, round
   * -1, to neighbours that have not begun round 0), `stable` (the model of the current
   * round, to neighbours that are not further), or one of your own
   * @throws {NoModelError} when the engine gives no model
   * @throws {UnknownStrategyError} when there is no strategy of that name
   * @throws {LearningFinishedError} once the engine has finished
   */
  propagate(strategy: string | PropagationStrategy, options?: PropagateOptions): Promise<PropagationResult>
  /**
   * Cycle after cycle, until no neighbour needs a model or nothing changes any
   * more; `sent` has all deliveries, `failed` and `skipped` are of the last
   * cycle. Throws as `propagate`; learning that ends meanwhile is no error.
   */
  run(strategy: string | PropagationStrategy, options?: RunOptions): Promise<PropagationRun>
  /**
   * The strategy's model and what is to be known of it, for one peer;
   * `undefined` when there is none, or when the peer is a neighbour that is
   * not to have it (seed: `get_model_information`).
   *
   * @param strategy - by default `initialization` before the first round is over, then `stable`
   * @throws {NoModelError | UnknownStrategyError}
   */
  getModelInformation(
    peer: PeerId,
    strategy?: string | PropagationStrategy
  ): Promise<ModelInformation | undefined>
}
