/**
 * Proxying: named delivery by way of other peers. Who may ask how much
 * (`admission.ts`), what a proxy does (`carrier.ts`), and asking (`asker.ts`).
 */
export { ProxyError } from './errors.ts'
export { Proxying } from './proxying.ts'
export type { ProxyFailure } from './errors.ts'
export type { ProxyingInit } from './proxying.ts'
