/** Models as the application sees them. */
import type { Encoding } from '../../protocols/model/index.ts'
import type { MessageFields } from '../messages/types.ts'
import type { ModelSource } from '../propagation/index.ts'
import type { AbortOptions, PeerId } from '@libp2p/interface'

export interface NewModel {
  /** The bytes, a file (`{ path }`), or the pieces as they come. */
  payload: ModelSource
  /** The round it belongs to; -1 for the model that all begin with, which every node passes on. */
  round: number
  /** The number of samples behind it, 0 to 2^63 - 1. @default 1n */
  weight?: bigint
  /** @default 'model' */
  kind?: 'model' | 'offer'
  /** What the application adds, at most 4,096 bytes; of an offer its other fields. @default none */
  details?: Uint8Array
  /** How it is compressed, if that makes it smaller. @default the node's `models.encoding` */
  encoding?: Encoding
}

/** What a model's origin says of it, signed. */
export interface ModelInfo {
  /** The content id, in hexadecimal. */
  id: string
  /** Whose model it is. */
  source: PeerId
  kind: 'model' | 'offer'
  round: number
  weight: bigint
  details: Uint8Array
  encoding: Encoding
  /** Bytes of the payload. */
  size: number
  /** Bytes as they travel. */
  encodedSize: number
}

/** A model whose payload can be read. It is kept for `models.modelTtl`. */
export interface ReadableModel extends ModelInfo, AsyncIterable<Uint8Array> {
  /** Whether all of it is here. */
  readonly complete: boolean
  /**
   * The whole payload in memory.
   *
   * @throws {InvalidPayloadError} when it cannot be decompressed to what its header says
   * @throws {ModelGoneError} when it is no longer kept, or what lacks will not come
   */
  bytes(options?: AbortOptions): Promise<Uint8Array>
  /**
   * Writes the payload to a file, which is there whole or not at all; throws as
   * `bytes`, and what the disk does. With the signal it rejects at once, even
   * when the file system does not answer; the file beside it, `PATH.*.part`, is
   * removed when it answers again. A symbolic link stays, and what it leads to is
   * replaced.
   *
   * @throws {NotRegularFileError} when there is something else than a file already
   */
  saveTo(path: string, options?: AbortOptions): Promise<void>
}

/** A model that comes, or has come, from a linked peer. */
export interface ReceivedModel extends ReadableModel {
  /** The linked peer that began to send it; others may have sent parts. */
  from: PeerId
}

/** An offer to a node that wants to join (`offer_model`); `model` has the parameters. */
export interface ReceivedOffer {
  source: PeerId
  from: PeerId
  fields: Omit<MessageFields['offer'], 'parameters'>
  model: ReceivedModel
}

export interface SendModelOptions extends AbortOptions {
  /** Milliseconds between two peers. @default 0 */
  interval?: number
  /** Bytes handed to the transport for the peer so far. */
  onProgress?(peer: PeerId, bytes: number): void
}

export interface ModelDelivery {
  peer: PeerId
  /** `have`: the peer had it already; `pending`: it gets it from another. */
  outcome: 'delivered' | 'have' | 'pending'
}

/** How it ended with a model that had begun to come. `known`: it was raised before, and was asked for once more. */
export type ReceivedOutcome = 'initialization' | 'update' | 'offer' | 'known' | 'failed'

/** Told how it ended with models that had begun to come, and how long they took, in milliseconds. */
export interface ModelObserver {
  received(model: ModelInfo, outcome: ReceivedOutcome, ms: number): void
}

export interface ModelEvents {
  /** A model has begun to come; it can be read as it comes. */
  'model:begin': CustomEvent<ReceivedModel>
  /** `bytes` of `model.encodedSize` have come. */
  'model:progress': CustomEvent<{ model: ReceivedModel; bytes: number }>
  /** The model that all begin with has come (round -1). */
  'model:initialization': CustomEvent<ReceivedModel>
  /** A model of a round has come. */
  'model:update': CustomEvent<ReceivedModel>
  /** A model has come in an offer to join. */
  'model:offer': CustomEvent<ReceivedOffer>
  /** A model did not come whole. What has come is kept for a while, and a further offer goes on there. */
  'model:failed': CustomEvent<{ model: ReceivedModel; error: Error }>
}
