/**
 * @packageDocumentation
 *
 * The communications layer for decentralised federated learning on libp2p:
 * `nebula()` is a service for any js-libp2p node, `createNode()` a whole node
 * from one configuration.
 */
export { QueueFullError } from '@libp2p/utils'
export { nebula } from './service.ts'
export { blacklistGater, Restrictions } from './scoring/index.ts'
export { ControllerError } from './controller/index.ts'
export { selectAll, selectLeastConnected } from './discovery/late-join/index.ts'
export { MissingNeighboursError } from './discovery/index.ts'
export { EngineAnswerError, EngineTimeoutError, idleEngine } from './engine/index.ts'
export {
  HandshakeError,
  HandshakeProtocolError,
  HandshakeTimeoutError
} from '../protocols/handshake/index.ts'
export {
  MessageDroppedError,
  MessageTooLargeError,
  OutboxClosedError,
  UnacknowledgedError
} from '../protocols/message/index.ts'
export {
  InvalidChunkError,
  InvalidModelHeaderError,
  InvalidPayloadError,
  ModelProtocolError,
  ModelRefusedError,
  ModelStreamEndedError,
  ModelTimeoutError,
  ModelTooLargeError
} from '../protocols/model/index.ts'
export { NotRegularFileError, UnreadableFileError } from './lib/regular-file.ts'
export { ForeignError } from './lib/to-error.ts'
export { ConnectionDeniedError, NotLinkedError } from './links/index.ts'
export { LearningFinishedError, NotForwardableError } from './messages/index.ts'
export {
  DiskFullError,
  ModelGoneError,
  ModelStoreFullError,
  ModelTransferError
} from './propagation/index.ts'
export { initialization, NoModelError, stable, UnknownStrategyError } from './propagation/strategies/index.ts'
export { ProxyError } from './proxying/index.ts'
export type {
  Answer,
  Engine,
  NeighbourAnswer,
  NeighbourRequest,
  NeighbourUpdate,
  TrainingInfo
} from './engine/index.ts'
export type { NebulaComponents, NebulaInit } from './init.ts'
export type * from './interface.ts'
export type { RegisterOptions } from './controller/index.ts'
export type { ProxyFailure } from './proxying/index.ts'
export type { Priority, Reason, Status } from '../protocols/handshake/index.ts'
export type * from './messages/types.ts'
export type * from './models/types.ts'
export type { ModelSource } from './propagation/index.ts'
export type * from './propagation/strategies/types.ts'
export type * from './discovery/late-join/types.ts'
export type { Encoding } from '../protocols/model/index.ts'
