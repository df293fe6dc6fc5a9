/**
 * `/nebula/model/1.0.0`: models, chunk by chunk. See `README.md` for the
 * specification.
 */
export { ModelProtocol } from './model-protocol.ts'
export { SinkEnd } from './sink-end.ts'
export { SourceEnd } from './source-end.ts'
export { chunkCount, chunkLength, openHeader, signHeader } from './header.ts'
export * from './errors.ts'
export type { ModelProtocolComponents, ModelProtocolInit } from './model-protocol.ts'
export type { SinkEndHandlers } from './sink-end.ts'
export type { ChunkSource } from './chunk-source.ts'
export type { Activity, SourceEndInit, SourceOutcome } from './source-end.ts'
export type { Encoding, ModelHeader, ModelKind, Range, Reason, SignedHeader, Status } from './types.ts'
