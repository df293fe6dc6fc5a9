/**
 * What the overlay serves: the learning engine. The overlay asks it for the
 * round and whether learning has ended, and tells it of its neighbours. An
 * engine that says no more is served with links and messages; one that gives
 * its model, too, has it propagated and offered to nodes that come late.
 */
export { askEngine } from './answers.ts'
export { ClientEngine } from './client-engine.ts'
export { EngineClient } from './engine-client.ts'
export { EngineAnswerError, EngineTimeoutError, UnknownRequestError } from './errors.ts'
export type { AcceptNeighbours, ClientEngineState, PendingRequest } from './client-engine.ts'
export type { EngineClientInit } from './engine-client.ts'
export { idleEngine } from './idle-engine.ts'
export type {
  Answer,
  Engine,
  NeighbourAnswer,
  NeighbourRequest,
  NeighbourUpdate,
  TrainingInfo
} from './types.ts'
