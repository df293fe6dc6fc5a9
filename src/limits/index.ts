/**
 * Bounds that hold for a peer, or for all of them, over everything the overlay
 * does with them; what belongs to one protocol or one part is bounded there.
 */
export { createLimits } from './limits.ts'
export { MemoryBudget } from './memory-budget.ts'
export { MessagePace } from './message-pace.ts'
export type { LimitsInit } from './limits.ts'
export type { MessagePaceInit } from './message-pace.ts'
