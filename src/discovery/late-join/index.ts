/** Coming to a federation that learns already: offers, candidates, requests, confirmations. */
export { LateJoining } from './late-joining.ts'
export { selectAll, selectLeastConnected } from './candidates.ts'
export type { LateJoiningComponents, LateJoiningInit } from './late-joining.ts'
export type * from './types.ts'
