/**
 * Who is shut out: the blacklist and the recently disconnected peers, and the
 * ConnectionGater that enforces the first.
 */
export { blacklistGater } from './gater.ts'
export { Restrictions } from './restrictions.ts'
export type { RestrictionsInit } from './restrictions.ts'
