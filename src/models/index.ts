/**
 * Models over links: which are taken and passed on, to whom they are sent, and
 * what the application sees of them. How they move is `propagation/`.
 */
export { isModelMessage, modelOf } from './model-message.ts'
export { Models } from './models.ts'
export type { ModelsInit } from './models.ts'
export type * from './types.ts'
