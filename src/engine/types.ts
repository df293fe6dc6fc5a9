import type { GeoLocation } from '../lib/geo-location.ts'
import type { ModelSource } from '../propagation/index.ts'
import type { PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

/** What the engine returns: the answer, or a promise of it. */
export type Answer<T> = T | Promise<T>

export interface NeighbourUpdate {
  /** The neighbour that came or went. */
  peer: PeerId
  /** Whether it came (`true`) or went (`false`). */
  added: boolean
  /** All neighbours after the change, without this node; nothing can be sent to one whose link is being made again. */
  neighbours: PeerId[]
}

/** What an offer says of learning beside the model. */
export interface TrainingInfo {
  /** Rounds in all. @default 1 */
  rounds?: number
  /** Epochs of a round. @default 1 */
  epochs?: number
  /** The loss of late. @default 0 */
  loss?: number
}

/** A peer asks to become a neighbour. */
export interface NeighbourRequest {
  peer: PeerId
  /** `late_connect`: it comes to the federation; `restructure`: it is in it and looks for better neighbours. */
  kind: 'late_connect' | 'restructure'
}

export interface NeighbourAnswer {
  accept: boolean
  /** Whom the peer is told to link with as well. @default nobody */
  connectTo?: Array<PeerId | Multiaddr>
  /**
   * From whom the peer is told to part. It does so from those with whom it
   * linked on this node's word; about others its application is told only, unless
   * its `links.acceptLinkMessages` is `trust-all`. @default nobody
   */
  disconnectFrom?: PeerId[]
}

/**
 * The application's side. Every method may return its answer or a promise of
 * it. A wrong type is an `EngineAnswerError`; an answer that does not come in
 * time is an `EngineTimeoutError`, or the last answer where there is one. Both
 * raise the warning `engine-failed`.
 */
export interface Engine {
  /** The current round, 0-based, or `null` while none has begun. */
  round(): Answer<number | null>

  /**
   * Whether learning has finished. Once it has, no link is opened, accepted or
   * redialled, and no model is sent or received; messages are, such as the last
   * metrics.
   */
  learningCycleFinished(): Answer<boolean>

  /** Whether models are sent and received although learning has finished. @default false */
  modelsWhenFinished?(): Answer<boolean>

  /**
   * Called after each change of the set of neighbours, one call after the
   * other. A neighbour whose link was lost is one until it is given up, so that
   * a loss that heals tells nothing; with `links.neighbourLoss` `at-once` it is
   * none from the loss on.
   */
  updateNeighbours(update: NeighbourUpdate): Answer<void>

  /**
   * The parameters of this node's model as they are now, `undefined` while
   * there are none. Without this member nothing is propagated or offered.
   */
  modelParameters?(): Answer<ModelSource | undefined>

  /** The number of samples behind the parameters. @default 1n */
  modelWeight?(): Answer<bigint>

  /** The model that all begin with. @default `modelParameters` */
  initialModel?(): Answer<ModelSource | undefined>

  /** What is told to nodes that want to join. */
  training?(): Answer<TrainingInfo>

  /**
   * Where on earth this node is, which beacons and neighbours are told; asked
   * every `location.interval`. @default what the configuration says
   */
  location?(): Answer<GeoLocation | undefined>

  /** Whether a peer that asks for it becomes a neighbour. @default it does */
  acceptNeighbour?(request: NeighbourRequest): Answer<NeighbourAnswer>
}
