/**
 * Who is shut out: the blacklist and the recently disconnected peers, how a peer
 * gets there, and the ConnectionGater that enforces the first.
 */
export { Exclusion } from './exclusion.ts'
export { blacklistGater } from './gater.ts'
export { Restrictions } from './restrictions.ts'
export type { RestrictionsInit } from './restrictions.ts'
