/**
 * Forwarding: which received messages are passed on (`forward-policy.ts`), and
 * how (`forwarder.ts`).
 */
export { floods, forwardedTypes, isForwardable, mayForward, whyNotForwardable } from './forward-policy.ts'
export { Forwarder } from './forwarder.ts'
export type { ForwardState } from './forward-policy.ts'
export type { Forwardable, ForwarderInit } from './forwarder.ts'
