/**
 * Links: the overlay's relations to other peers. The table of those that are
 * open, who may have one, how they are made, changed, kept and closed.
 */
export { isLoss, LOST, MAY_RETURN } from './close-reasons.ts'
export { knownAddress } from './known-address.ts'
export { LinkHealth } from './link-health.ts'
export { LinkManager } from './link-manager.ts'
export { LinkSweeper } from './link-sweeper.ts'
export { LinkTable, matches } from './link-table.ts'
export { ConnectionDeniedError, isDeniedByGater, isDialOfSelf, NotLinkedError } from './errors.ts'
export { Neighbours } from './neighbours.ts'
export { PeerClocks } from './peer-clocks.ts'
export { PeerRounds } from './peer-rounds.ts'
export { Reconnecting } from './reconnecting.ts'
export { Redialler } from './redialler.ts'
export { Readiness } from './readiness.ts'
export { isTransient } from './transient.ts'
export type { Link } from './link.ts'
export type { LinkManagerComponents, LinkManagerEvents, LinkManagerInit } from './types.ts'
