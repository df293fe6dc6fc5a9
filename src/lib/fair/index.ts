/** Containers whose room is divided by who brings what is in them. */
export { FairBytes } from './fair-bytes.ts'
export { FairMap } from './fair-map.ts'
export { FairSlots } from './fair-slots.ts'
export { introducerOf } from './introducer-of.ts'
export type { FairBytesInit } from './fair-bytes.ts'
export type { FairMapInit } from './fair-map.ts'
export type { FairSharesInit, Introducer } from './types.ts'
