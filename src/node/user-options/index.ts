/**
 * libp2p's own options as the user gives them: to `createNode`, in a module, or
 * as plain data in the configuration. `merge.ts` says how they go together
 * with what the node needs.
 */
export { Libp2pOptionsError } from './errors.ts'
export { mergeLibp2pOptions } from './merge.ts'
export { plainLibp2pOptions } from './plain-options.ts'
export { userIdentity } from './identity.ts'
export { userLibp2pOptions } from './user-options.ts'
export type { UserIdentity } from './identity.ts'
export type { UserOptionsGuards } from './merge.ts'
export type { Libp2pModule, UserLibp2pOptions } from './types.ts'
