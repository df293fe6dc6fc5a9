import type { ModelReader } from './model-reader.ts'
import type { PeerId } from '@libp2p/interface'

export interface ModelExchangeEvents {
  /** A model has begun to come; what has come can be read. */
  'model:begin': CustomEvent<{ model: ModelReader; from: PeerId }>
  /** A model has come. */
  model: CustomEvent<{ model: ModelReader; from: PeerId }>
  'model:failed': CustomEvent<{ model: ModelReader; from: PeerId; error: Error }>
  /** `bytes` of `model.header.encodedSize` have come. */
  'model:progress': CustomEvent<{ model: ModelReader; bytes: number }>
}
