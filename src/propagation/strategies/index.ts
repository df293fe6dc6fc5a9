/** When and to whom this node's model is sent: the seed's two strategies, and any other, behind one interface. */
export { Propagator } from './propagator.ts'
export { initialization } from './initialization.ts'
export { stable } from './stable.ts'
export * from './errors.ts'
export type { PropagatorComponents, PropagatorInit } from './propagator.ts'
export type * from './types.ts'
