import { StallError, ViolationError } from '../errors.ts'
import type { Reason, Status } from './types.ts'

/** The peer, or this node's own rules, refused the link or the change; `reason` says why. */
export class HandshakeError extends Error {
  readonly status: Status
  readonly reason: Reason

  constructor(reason: Reason, message: string, options: ErrorOptions & { status?: Status } = {}) {
    super(message, options)
    this.name = 'HandshakeError'
    this.status = options.status ?? 'CLOSE'
    this.reason = reason
  }
}

/** The peer broke the protocol: a malformed frame, or one that has no place in the state. */
export class HandshakeProtocolError extends ViolationError {
  readonly violation = 'handshake'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'HandshakeProtocolError'
  }
}

/** A step took longer than its deadline. */
export class HandshakeTimeoutError extends StallError {
  readonly violation = 'halfOpen'

  constructor(message: string) {
    super(message)
    this.name = 'HandshakeTimeoutError'
  }
}
