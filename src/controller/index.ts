/**
 * The controller of NEBULA's platform: where a node registers, and for which
 * it waits before it begins (seed: `register`, `wait_for_controller`).
 */
export { Controller } from './controller.ts'
export { ControllerError } from './errors.ts'
export { hostAndPort } from './host-and-port.ts'
export type { ControllerInit, RegisterOptions } from './controller.ts'
