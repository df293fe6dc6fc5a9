/**
 * `/nebula/handshake/1.0.0`: how two nodes make, change and end a link. See
 * `README.md` for the specification.
 */
export { Handshake } from './handshake.ts'
export { HandshakeError, HandshakeProtocolError, HandshakeTimeoutError } from './errors.ts'
export { HandshakeStream } from './handshake-stream.ts'
export { step } from './machine.ts'
export type * from './machine.ts'
export type * from './types.ts'
