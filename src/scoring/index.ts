/**
 * Who is shut out: the score of each peer, the blacklist and the recently
 * disconnected peers, how a peer gets there, and the ConnectionGater that
 * enforces the second.
 */
export { Exclusion } from './exclusion.ts'
export { blacklistGater } from './gater.ts'
export { checkPeer, checkTtl, Restrictions } from './restrictions.ts'
export { looksLikeSubnet, parseSubnet } from '../lib/net/subnet.ts'
export { PeerScoring, reasonOf } from './peer-scoring.ts'
export type { ScoreInit } from './peer-scoring.ts'
export type { RestrictionsInit } from './restrictions.ts'
export type { CounterName, PenaltyName } from './score/index.ts'
