import { ViolationError } from '../errors.ts'

/** The bytes are no envelope. */
export class InvalidEnvelopeError extends ViolationError {
  readonly violation = 'invalidMessage'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'InvalidEnvelopeError'
  }
}

/** The message is larger than the protocol carries. */
export class MessageTooLargeError extends Error {
  readonly byteLength: number
  readonly limit: number

  constructor(byteLength: number, limit: number) {
    super(`Message has ${byteLength} bytes, at most ${limit} are allowed`)
    this.name = 'MessageTooLargeError'
    this.byteLength = byteLength
    this.limit = limit
  }
}

/** The bytes are no acknowledgement, or more is acknowledged than was sent. */
export class InvalidAckError extends ViolationError {
  readonly violation = 'invalidMessage'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'InvalidAckError'
  }
}

/** The link ended before the peer acknowledged the message, which may have arrived all the same; `cause` says why it ended. */
export class UnacknowledgedError extends Error {
  constructor(
    message = 'The link ended before the peer acknowledged the message, which may or may not have arrived',
    options?: ErrorOptions
  ) {
    super(message, options)
    this.name = 'UnacknowledgedError'
  }
}

/** The outbox was closed, or failed, before the message was sent; `cause` says why it failed. */
export class OutboxClosedError extends Error {
  constructor(message = 'The link was closed before the message was sent', options?: ErrorOptions) {
    super(message, options)
    this.name = 'OutboxClosedError'
  }
}

/** The message was dropped while it waited: what waits for all peers together is more than may be held. */
export class MessageDroppedError extends Error {
  constructor(message = 'The message was dropped for want of memory') {
    super(message)
    this.name = 'MessageDroppedError'
  }
}

/** Nothing of what waits for the peer could be sent for too long, although the peer may be there. */
export class QueueStalledError extends Error {
  constructor(timeoutMs: number) {
    super(`None of the messages that wait for the peer could be sent for ${timeoutMs} ms`)
    this.name = 'QueueStalledError'
  }
}
